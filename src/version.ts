import packageJson from '../package.json' with { type: 'json' };

/** This build's version; a running engine of another version is restarted. */
export const version: string = packageJson.version;
