#!/usr/bin/env node
import { runModelPackage } from '@ichor/training/program';

await runModelPackage(import.meta.url);
