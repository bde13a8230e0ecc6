/** A platform that is new or was changed since the last deploy: what its dialog was left with. */
import { written } from './written';

const FIELDS = ['url', 'apiVersion', 'timeout', 'patience', 'speed', 'tls', 'proxy'];

/** What the server is to ask with; null for a platform that is deployed as it stands. */
export function draftOf(platform: EditorNode): Record<string, string> | null {
  if (platform['changed'] !== true) return null;
  const draft: Record<string, string> = { id: platform.id, token: keyOf(platform) };
  for (const name of FIELDS) draft[name] = written(platform[name]);
  return draft;
}

/** The key that was typed; else the mark for the one that is stored, which only the server has. */
function keyOf({ credentials }: EditorNode): string {
  const typed = written(credentials?.['token']);
  return typed === '' && credentials?.['has_token'] !== false ? '__PWRD__' : typed;
}
