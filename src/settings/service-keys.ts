/** Any of these makes a working folder's `dynops.json` describe a service. */
export const describingKeys: readonly string[] = ['stage', 'functions', 'tables', 'routes', 'cors'];

/** Its members that are no settings; they are checked when the service is read. */
export const serviceKeys: readonly string[] = ['$schema', ...describingKeys];
