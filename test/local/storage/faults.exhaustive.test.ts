import { failingDisk } from './faults/failing-disk.ts';

/** FAULT_STEP=1: each of them, which takes half an hour or more. */
failingDisk(Number(process.env.FAULT_STEP ?? 29));
