#!/usr/bin/env node
import { runCommandLine } from './run.ts';

// All output is flushed by now. exit() ends the process even when a library still holds a socket or timer.
void runCommandLine(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
