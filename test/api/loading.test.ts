import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import 'should';

/** The files of axios that a fresh process has loaded when it ends. */
function axiosFilesAfter(script: string): string[] {
  const whole = `
    const { createClient } = require('./src/api/endpoints/create-client.ts');
    const { createBudget } = require('./src/api/limits/create-budget.ts');
    const { RescaleError } = require('./src/api/errors/errors.ts');
    new RescaleError('RESCALE_CLOSED', 'closed');
    const client = createClient({
      origin: 'http://127.0.0.1:9', apiVersion: 'v2', token: 'abc', timeout: 10, patience: 10,
      budget: createBudget({ rate: 0 }), proxy: { url: 'http://127.0.0.1:9' }, tls: { rejectUnauthorized: false },
    });
    process.on('exit', () => process.stdout.write(JSON.stringify(Object.keys(require.cache))));
    ${script}
  `;
  const output = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', whole], {
    cwd: join(__dirname, '..', '..'),
  });
  return (JSON.parse(output.toString()) as string[]).filter((file) =>
    /[\\/]node_modules[\\/]axios[\\/]/.test(file),
  );
}

describe('Loading', () => {
  it('axios waits for the first call', () => {
    axiosFilesAfter('client.close();').should.be.empty();
    axiosFilesAfter("client.getRun('..', '1').catch(() => {});").should.be.empty();
    axiosFilesAfter("client.getRun('X', '1').catch(() => {});").should.not.be.empty();
  });
});
