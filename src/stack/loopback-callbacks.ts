/** Loopback addresses on which `token --hosted-ui` may listen for the browser to come back. */
export const hostedSignInPorts = [42_841, 42_842, 42_843];

export const loopbackCallbacks = hostedSignInPorts.map((port) => `http://localhost:${port}/callback`);
