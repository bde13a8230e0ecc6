import type { FlowNode } from './flow';

/** One node that needs no platform, with everything around it that a test looks at. */
export function localFlow(node: { type: string } & Record<string, unknown>): FlowNode[] {
  const place = { z: 'tab' };
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    { ...place, name: '', wires: [['out']], ...node, id: 'node' },
    { ...place, id: 'out', type: 'collector' },
    { ...place, id: 'catcher', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { ...place, id: 'caught', type: 'collector' },
    { ...place, id: 'completer', type: 'complete', scope: ['node'], uncaught: false, wires: [['completed']] },
    { ...place, id: 'completed', type: 'collector' },
  ];
}
