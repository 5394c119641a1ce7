/** Members of a working folder's `dynops.json` that describe a service; they are checked when the service is read. */
export const serviceKeys: readonly string[] = ['$schema', 'stage', 'functions', 'tables', 'routes', 'cors'];
