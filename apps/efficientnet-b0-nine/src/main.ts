#!/usr/bin/env node
import { runModelPackage } from '@ichor/training/commands';

await runModelPackage(import.meta.url);
