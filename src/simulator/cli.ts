#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSimulator } from './index';
import type { SimulatorOptions } from './scripts/options';

const DEFAULT_PORT = 8765;

const usage = `Usage: rescale-simulator [options]

A Rescale platform in a box: a server on this machine with simulation runs that start,
compute and end. It needs no account and keeps nothing.

  --port N       where it listens on 127.0.0.1 (default ${DEFAULT_PORT}; 0 takes a free one)
  --speed N      its seconds per second (default 60; 0 stands still)
  --seed N       another seed, other numbers (default 1)
  --token TEXT   the API key that it accepts (default "simulator")
  --faults FILE  a JSON list of faults to begin with
  --help         this text
`;

const jobs = `Jobs:
  foamSweep     24 OpenFOAM runs, four at a time: one diverges, one fails
  longRun       one run that computes for a month: to follow, to stop, to take snapshots of
  lateRuns      its runs are listed some minutes after the submission
  cancelled     ended before it ran
  oneFailed     four runs, one of them fails
  optimization  an optimization with its iterations and cases
  bigFiles      outputs of 5 and 20 GB
  foamTroubles  six OpenFOAM runs: converging, diverging, stalled, oscillating, crashed, silent
  fluentDuct starCar su2Nozzle abaqusBeam
                logs in the manner of other solvers, a good run and a bad one each
  XXXXXX XXXXX  the samples of Rescale's API page
`;

/** What the command line says; throws an Error with a sentence for the user. */
function optionsOf(args: string[]): SimulatorOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      speed: { type: 'string' },
      seed: { type: 'string' },
      token: { type: 'string' },
      faults: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const options: SimulatorOptions = {
    port: wholeNumber('--port', values.port ?? String(DEFAULT_PORT), 65_535),
  };
  if (values.speed !== undefined) options.speed = positiveNumber('--speed', values.speed);
  if (values.seed !== undefined) options.seed = wholeNumber('--seed', values.seed, 2 ** 31);
  if (values.token !== undefined) options.token = values.token;
  if (values.faults !== undefined) options.faults = faultsIn(values.faults);
  return options;
}

function wholeNumber(name: string, text: string, maximum: number): number {
  if (!/^\d+$/.test(text) || Number(text) > maximum)
    throw new Error(`${name} must be a number from 0 to ${maximum}.`);
  return Number(text);
}

function positiveNumber(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0) || number === Infinity) {
    throw new Error(`${name} must be a number, 0 or more.`);
  }
  return number;
}

function faultsIn(file: string): SimulatorOptions['faults'] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} can't be read.`);
  }
  try {
    return JSON.parse(text) as SimulatorOptions['faults'];
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}

function userMessage(error: unknown, port: number | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Choose another one with --port.`;
  if (code === 'EACCES') return `Port ${port} may not be used. Choose one above 1023 with --port.`;
  return message;
}

async function main(): Promise<void> {
  let port: number | undefined;
  try {
    const options = optionsOf(process.argv.slice(2));
    if (options === 'help') {
      console.log(`${usage}\n${jobs}`);
      return;
    }
    port = options.port;
    const simulator = await startSimulator(options);
    const { origin, token } = simulator;
    console.log(`Rescale simulator at ${origin}\nAPI key: ${token}\n\n${jobs}`);
    console.log(`Try:  curl -H 'Authorization: Token ${token}' ${origin}/api/v2/jobs/foamSweep/runs/`);
    console.log('Ctrl-C ends it.');
    const stop = () => void simulator.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(userMessage(error, port));
    process.exitCode = 1;
  }
}

void main();
