import { createHash } from 'node:crypto';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.ts';
import type { ApiDoc, DocumentedRoute, RouteDoc } from './route-doc.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Descriptions are plain text with `code` in backticks. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Only what the page itself carries may run or style it, and it may only call its own origin. */
export const PAGE_CSP = [
  "default-src 'none'",
  `script-src ${sourceHash(PAGE_SCRIPT)}`,
  `style-src ${sourceHash(PAGE_STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function exampleButtons(doc: RouteDoc): string {
  return doc.examples
    .filter(({ body }) => body !== undefined)
    .map(({ name, body }) => {
      const text = escape(JSON.stringify(body, null, 2));
      return `<button type="button" class="example" data-body="${text}">${escape(name)}</button>`;
    })
    .join(' ');
}

function bodyField(doc: RouteDoc): string {
  if (doc.body === undefined) return '';
  const first = JSON.stringify(doc.examples[0]?.body ?? {}, null, 2);
  return `<p>${exampleButtons(doc)}</p>
    <textarea aria-label="Request body" spellcheck="false">${escape(first)}</textarea>`;
}

function pathFields(path: string): string {
  return [...path.matchAll(/:(\w+)/g)]
    .map(([, name = '']) => `<p><label>${name} <input data-param="${name}" required></label></p>`)
    .join('');
}

function headerFields(doc: RouteDoc): string {
  return (doc.headers ?? [])
    .map(
      ({ name, description }) =>
        `<p><label>${escape(name)} <input data-header="${escape(name)}" title="${escape(description)}"></label></p>`,
    )
    .join('');
}

function queryField(doc: RouteDoc): string {
  if (doc.query === undefined) return '';
  const names = Object.keys(doc.query.shape).join(', ');
  return `<p><label>Query (${escape(names)}) <input data-query></label></p>`;
}

function responseRows(doc: RouteDoc): string {
  return Object.entries(doc.responses)
    .map(
      ([status, { description }]) => `<tr><td>${status}</td><td>${escape(description)}</td></tr>`,
    )
    .join('');
}

function routeSection({ method, path, doc }: DocumentedRoute): string {
  const shown = escape(path.replaceAll(/:(\w+)/g, '{$1}'));
  return `<details><summary><span class="method">${method}</span> <span class="path">${shown}</span>
    ${escape(doc.summary)}</summary><div class="body"><p>${prose(doc.description ?? '')}</p>
    <table><tr><th>Status</th><th>Meaning</th></tr>${responseRows(doc)}</table>
    <form data-method="${method}" data-path="${shown}">${pathFields(path)}${queryField(doc)}${headerFields(doc)}${bodyField(doc)}
    <p><button>Send</button></p><pre hidden aria-live="polite"></pre></form></div></details>`;
}

/** The interactive page: one file, no request to anywhere but this service. */
export function renderPage(routes: readonly DocumentedRoute[], api: ApiDoc): string {
  const tags = [...new Set(routes.map(({ doc }) => doc.tag))];
  const sections = tags.map((tag) => {
    const own = routes.filter(({ doc }) => doc.tag === tag).map(routeSection);
    return `<section><h2>${tag}</h2>${own.join('')}</section>`;
  });
  const { title, version, credential, pagePath } = api;
  const { header, prefix, note } = credential;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>${PAGE_STYLE}</style></head><body data-page="${escape(pagePath)}"><h1>${escape(title)} ${escape(version)}</h1>
<p>OpenAPI 3.1: <a href="openapi.json">openapi.json</a>. ${escape(note)}</p>
<p><label>${escape(header)} <input id="key" type="password" autocomplete="off" data-header="${escape(header)}" data-prefix="${escape(prefix)}"></label></p>
${sections.join('')}<script>${PAGE_SCRIPT}</script></body></html>`;
}
