/** Style of the docs page. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#2f6fde}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.4rem 0}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0}
summary{padding:.5rem .8rem;cursor:pointer}
summary:focus-visible,button:focus-visible,textarea:focus-visible{outline:2px solid var(--accent)}
.method{display:inline-block;min-width:3.2rem;font-weight:700}
.path{font-family:ui-monospace,monospace}.body{padding:0 .8rem .8rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .5rem;border-top:1px solid var(--line);vertical-align:top}
pre,textarea{font:13px/1.45 ui-monospace,monospace;background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.5rem;overflow:auto;max-height:20rem}
textarea,input{width:100%;box-sizing:border-box;color:inherit}textarea{min-height:7rem}
button{font:inherit;padding:.3rem .9rem;border-radius:4px;border:1px solid var(--accent);background:var(--accent);color:#fff;cursor:pointer}
button.example{background:none;color:inherit;border-color:var(--line)}
`;

/**
 * Behaviour of the docs page: fills in examples and sends requests to the origin that served it.
 * Plain text only, so that an answer can never become markup.
 */
export const PAGE_SCRIPT = `
'use strict';
const here = location.pathname.replace(/\\/$/, '');
const page = document.body.dataset.page;
const prefix = here.endsWith(page) ? here.slice(0, -page.length) : '';
const keyField = document.getElementById('key');
for (const form of document.querySelectorAll('form[data-method]')) {
  const body = form.querySelector('textarea');
  const output = form.querySelector('pre');
  for (const button of form.querySelectorAll('button.example')) {
    button.addEventListener('click', () => { body.value = button.dataset.body; });
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    let path = form.dataset.path;
    for (const field of form.querySelectorAll('input[data-param]')) {
      path = path.replace('{' + field.dataset.param + '}', encodeURIComponent(field.value));
    }
    const query = form.querySelector('input[data-query]');
    if (query && query.value !== '') path += '?' + query.value;
    const headers = {};
    for (const field of form.querySelectorAll('input[data-header]')) {
      const name = field.dataset.header;
      if (field.value !== '') headers[name] = field.value;
      else if (name === 'idempotency-key') headers[name] = crypto.randomUUID();
    }
    if (keyField.value !== '') {
      headers[keyField.dataset.header] = keyField.dataset.prefix + keyField.value;
    }
    if (body) headers['content-type'] = 'application/json';
    output.hidden = false;
    output.textContent = 'sending';
    const begin = performance.now();
    try {
      const answer = await fetch(prefix + path, {
        method: form.dataset.method, headers, body: body ? body.value : undefined,
      });
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      output.textContent = answer.status + ' in ' + Math.round(performance.now() - begin) +
        ' ms, revision ' + answer.headers.get('x-omni-revision') + '\\n\\n' + shown.slice(0, 20000);
    } catch (error) {
      output.textContent = 'no answer: ' + error.message;
    }
  });
}
`;
