#!/usr/bin/env node
import { programs } from '../program.js';

await (await programs()).predict();
