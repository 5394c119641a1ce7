/**
 * Options that a function may give to Node by `NODE_OPTIONS`. Others load code before the function is confined, lift the
 * permissions it runs under, or write files.
 */
const served =
  /^--(enable-source-maps|no-deprecation|no-warnings|throw-deprecation|trace-deprecation|trace-uncaught|trace-warnings|(stack-trace-limit|max-http-header-size|max-old-space-size|max-semi-space-size)=\d+|(unhandled-rejections|dns-result-order)=[a-z0-9-]+)$/;

/** The options in a value of `NODE_OPTIONS`, and those that are not served. */
export function readNodeOptions(value = ''): { served: string[]; unserved: string[] } {
  const options = value.split(/\s+/).filter(Boolean);
  return {
    served: options.filter((option) => served.test(option)),
    unserved: options.filter((option) => !served.test(option)),
  };
}
