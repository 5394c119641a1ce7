import { failingDisk } from './faults/failing-disk.ts';

// A sample: an early round of each kind of failure. The exhaustive suite does as many as take a minute.
failingDisk(997);
