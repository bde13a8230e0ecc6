/** The platform dialog's "Test connection": tries what the dialog holds now, whether it was deployed or not. */
import type { NodeAPI } from 'node-red';
import { withDraft, type DraftPorts } from './draft';
import { answerEditor } from './editor-answers';

/** What the editor gets when the platform was reached and took the key; otherwise it gets a reason. */
interface ConnectionAnswer {
  /** The address as messages call it. */
  platform: string;
  /** Who the key belongs to, where the platform says it. */
  user: string | null;
}

/** Makes the address `rescale-platform/test`. Called once, by the platform's node file. */
export function registerConnectionTest(RED: NodeAPI, ports: DraftPorts): void {
  answerEditor(RED, '/rescale-platform/test', 'rescale-platform.write', (question, signal) =>
    withDraft(RED, ports, question, async (client, settings): Promise<ConnectionAnswer> => {
      const answer = { platform: settings.name, user: null };
      if (settings.simulated) return answer;
      return { ...answer, ...(await client.checkConnection({ signal, once: true })) };
    }),
  );
}
