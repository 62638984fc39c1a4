import { type NodeWorker, workersOnNode } from '../api/instances.ts';
import { amount } from './bars.ts';
import { ageColumn, flagColumn, numberColumn, statusColumn, statusTone, textColumn } from './columns.ts';
import { type Column, defineScreen } from './define.ts';
import { sectionsOf } from './describe.ts';

const first = ['Name', 'ServiceName', 'Status', 'Ready', 'RestartCount', 'StartTime'];

/** What a worker asked for and the most it may take; sorted by what it asked for. */
function requested(
  id: string,
  title: string,
  width: number,
  read: (row: NodeWorker) => readonly [request: number | undefined, limit: number | undefined],
  drop: number,
): Column<NodeWorker> {
  return {
    id,
    title,
    width,
    drop,
    value: (row) => read(row)[0],
    text: (row) => read(row).map(amount).join('/'),
  };
}

export const nodeWorkers = defineScreen<NodeWorker>({
  id: 'node-workers',
  title: 'workers on a node',
  alias: ['nw'],
  needs: ['resource', 'node'],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 18, (row) => row.name, { grow: true }),
    textColumn('service', 'SERVICE', 20, (row) => row.serviceName),
    statusColumn((row) => row.status),
    flagColumn('ready', 'READY', 5, (row) => row.ready, { bad: false, tone: 'warn' }),
    numberColumn('restarts', 'RESTARTS', 8, (row) => row.restartCount, {
      drop: 4,
      tone: (row) => ((row.restartCount ?? 0) > 0 ? 'warn' : 'plain'),
    }),
    requested('cpu', 'CPU REQ/MAX', 11, (row) => [row.cpuRequest, row.cpuLimit], 3),
    requested('gpu', 'GPU REQ/MAX', 11, (row) => [row.gpuRequest, row.gpuLimit], 2),
    // In which unit is not documented: the numbers are shown as they come.
    requested('memory', 'MEM REQ/MAX', 13, (row) => [row.memoryRequest, row.memoryLimit], 1),
    ageColumn((row) => row.startTime),
  ],
  list: (api, scope, signal) => workersOnNode(api, scope['resource'] ?? '', scope['node'] ?? '', signal),
  rowId: (row) => row.name,
  rowName: (row) => row.name,
  fault(row) {
    const tone = statusTone(row.status);
    if (tone === 'bad') return { word: 'failed', tone };
    if (/^pending$/i.test(row.status ?? '')) return { word: 'pending', tone: 'warn' };
    return tone === 'warn' || row.ready === false ? { word: 'not ready', tone: 'warn' } : undefined;
  },
  // The same worker among those of its service.
  enter: (row) =>
    row.serviceName === undefined
      ? { screen: 'services', scope: {} }
      : { screen: 'workers', scope: { service: row.serviceName }, find: row.name },
  async describe(_api, row) {
    return sectionsOf('Worker on a node', row.raw, first, { Status: statusTone(row.status) });
  },
  json: (row) => row.raw,
});
