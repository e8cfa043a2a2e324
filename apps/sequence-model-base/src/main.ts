#!/usr/bin/env node
import { runStackerPackage } from '@ichor/stacking/commands';

await runStackerPackage(import.meta.url);
