/** The pages' only style sheet; the content-security-policy names its hash. */
export const style = `
:root{color-scheme:light dark;--page:#eef1f5;--card:#fff;--text:#1b2430;--soft:#566274;--line:#818c9b;--accent:#0b5cad;--on:#fff;--bad:#a8141f;--badpage:#fdecee}
@media(prefers-color-scheme:dark){:root{--page:#10151c;--card:#1a212b;--text:#e8edf3;--soft:#a5b1c0;--line:#6a7788;--accent:#7db8f5;--on:#0b1420;--bad:#ffb3b8;--badpage:#3a171b}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:25rem;padding:2rem;background:var(--card);border-radius:.75rem;box-shadow:0 1px 3px #0003,0 8px 24px #0000001a}
h1{margin:0;font-size:1.5rem;line-height:1.25}
p{margin:.5rem 0 0}
.soft{color:var(--soft)}
label{display:block;margin-top:1.25rem;font-weight:600}
input:not([type=hidden]){display:block;width:100%;margin-top:.375rem;padding:.625rem .75rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.5rem}
input[aria-invalid=true]{border-color:var(--bad)}
.hint{margin:.375rem 0 0;padding:0;color:var(--soft);font-size:.875rem;list-style:none}
label.show{display:flex;align-items:center;gap:.5rem;margin-top:.75rem;font-weight:400}
label.show input{display:inline-block;width:1.125rem;height:1.125rem;margin:0;padding:0;accent-color:var(--accent)}
.notice{margin-top:1.25rem;padding:.75rem 1rem;border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:.25rem}
nav{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin-top:1.25rem}
form button.plain{margin-top:.75rem;color:var(--accent);background:transparent;border:1px solid var(--line)}
code{font-family:ui-monospace,monospace;font-size:.875rem}
button{width:100%;margin-top:1.75rem;padding:.75rem;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:.5rem;cursor:pointer}
button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{margin-top:1.25rem;padding:.75rem 1rem;color:var(--bad);background:var(--badpage);border-left:4px solid var(--bad);border-radius:.25rem}
.alert+p{margin-top:1rem}
a{color:var(--accent)}
footer{margin-top:1.75rem;padding-top:1rem;border-top:1px solid color-mix(in srgb,var(--line) 40%,transparent);color:var(--soft);font-size:.8125rem}
@media(max-width:30rem){body{padding:0;place-items:stretch;background:var(--card)}main{max-width:none;padding:1.5rem 1.25rem;border-radius:0;box-shadow:none}}
`;
