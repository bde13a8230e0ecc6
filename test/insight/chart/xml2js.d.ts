/** What Node-RED brings, as far as the tests need it. */
declare module 'xml2js' {
  export function parseStringPromise(xml: string, options: { strict: boolean }): Promise<unknown>;
}
