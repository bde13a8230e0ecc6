import type { Bench } from './calls';

/** Uploads a text as a client does, and tells the file. */
export async function uploaded(
  at: Bench,
  name: string,
  text: string,
  typeId?: number,
): Promise<{ id: string } & Record<string, unknown>> {
  const data = new FormData();
  data.set('file', new Blob([text]), name);
  if (typeId !== undefined) data.set('typeId', String(typeId));
  const encoded = new Response(data);
  const told = await at.get('/api/v2/files/contents/', {
    method: 'POST',
    body: Buffer.from(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type')! },
  });
  told.status.should.equal(201, told.text);
  return told.json as { id: string };
}
