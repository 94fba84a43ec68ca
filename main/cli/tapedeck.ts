#!/usr/bin/env node
import { runCommandLine } from './run.ts';

// Everything that was printed is flushed by then, so what a library may still hold open cannot keep the process.
void runCommandLine(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
