import { defineLocalNode } from '../../src/runtime/node/define-node';
import { createLogStreams } from '../../src/runtime/monitor/log-streams';
import { monitorFields } from '../../src/runtime/monitor/monitor-fields';
import { openJournals, removeState } from '../../src/runtime/state/state-place';

/** Reads the numbers in growing solver logs, and tells how the runs are doing. */
export = defineLocalNode({
  type: 'rescale-monitor-run',
  fields: monitorFields,
  showsItself: true,
  setup(host) {
    const streams = createLogStreams(host, () => openJournals(host));
    return {
      input: (context) => streams.take(context),
      async started() {
        const values = await host.readAll();
        await streams.takeUp(values);
        host.background((signal) => streams.listen(values, signal));
      },
      async closed({ configured }) {
        streams.close();
        if (!configured) await removeState(host);
      },
    };
  },
});
