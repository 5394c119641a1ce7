import { afterAll } from 'vitest';
import { restoreClients } from './mock-client.ts';

afterAll(restoreClients);
