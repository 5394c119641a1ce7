#!/usr/bin/env node
// Set before any SDK client loads: it would print a warning about Node 20 on every command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('../dist/load.js').load(require('node:path').join(__dirname, '../dist'), './main.pack.js');
