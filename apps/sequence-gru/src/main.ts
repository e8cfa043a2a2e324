#!/usr/bin/env node
import { runStackerPackage } from '@ichor/stacking/program';

await runStackerPackage(import.meta.url);
