import type { Environment } from '../environment.ts';

/**
 * Variables that AWS's clients heed before the addresses and keys that they are given: a program would act elsewhere with
 * these, in a real account too, or not at all.
 */
const overruling =
  /^AWS_(?:SESSION_TOKEN|SECURITY_TOKEN|(?:DEFAULT_)?PROFILE|ENDPOINT_URL_.+|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_(?:FIPS|DUALSTACK)_ENDPOINT)$/;

/** Those of the environment that are to be unset for a program that uses the engine. */
export const overrulingVariables = (env: Environment): string[] =>
  Object.keys(env).filter((name) => env[name] && overruling.test(name));
