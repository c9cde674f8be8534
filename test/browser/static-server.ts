/**
 * A static server for pages under test: a few folders by prefix, and the headers that the test
 * wants.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.bin': 'application/octet-stream',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Headers under which a page may share memory. */
export const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface Site {
  /** Without a slash at the end. */
  readonly origin: string;
  /** Every path that was asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * @param folders prefix of the path -> folder; the longest prefix wins
 * @param types content types by extension, before the usual ones; null sends none
 */
export async function serve(
  folders: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  types: Readonly<Record<string, string | null>> = {},
): Promise<Site> {
  const requests: string[] = [];
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    requests.push(path);
    if (path === '/favicon.ico') {
      response.writeHead(204, headers).end();
      return;
    }
    const prefix = prefixes.find((start) => path.startsWith(start));
    const file = prefix === undefined ? '' : join(folders[prefix], path.slice(prefix.length));
    if (file === '' || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    const type = { ...TYPES, ...types }[extname(file)] ?? null;
    response.writeHead(200, { ...headers, ...(type === null ? {} : { 'Content-Type': type }) });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
