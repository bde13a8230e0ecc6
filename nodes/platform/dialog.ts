import type { Dialog } from '../dialog/field';
import { checkbox, fold, number, select } from '../dialog/kinds';
import { address, apiKey, connectionTest, optional, region, sweepRestart, usage } from './own-rows';

export { fillPlatform as prepare, savePlatform as save } from '../editor/platform-dialog';
export { platformLabel as label } from '../editor/platforms';

export const dialog = (): Dialog => ({
  category: 'config',
  fields: [
    region(),
    address(),
    apiKey(),
    checkbox('readOnly', false, { icon: 'lock' }),
    number('speed', 60, {
      icon: 'fast-forward',
      least: 0.1,
      most: 100_000,
      fraction: true,
      when: ['url', 'simulator'],
    }),
    sweepRestart(),
    connectionTest(),
    fold([
      select('apiVersion', ['v2', 'v1'], { icon: 'code-fork' }),
      number('timeout', 30, { icon: 'clock-o', least: 1, most: 3600, measure: 'seconds' }),
      number('patience', 120, { icon: 'hourglass-half', least: 1, most: 86_400, measure: 'seconds' }),
      number('rate', '', {
        icon: 'tachometer',
        blank: true,
        least: 0,
        most: 1000,
        fraction: true,
        measure: 'rate',
        zero: 'none',
      }),
      optional('tls', 'tls-config'),
      optional('proxy', 'http proxy'),
    ]),
    fold([usage()], 'usage'),
  ],
  credentials: { token: { rule: 'token' } },
});
