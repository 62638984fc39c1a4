import { invalidParameter } from '../errors.ts';
import { diagnoseService, diagnoseWorker } from '../model/diagnosis.ts';
import { type LogLine, preparationLog, workerLog } from '../model/logs.ts';
import type { Model } from '../model/model.ts';
import type { ServiceEvent } from '../model/service.ts';
import { endpointsOf } from '../model/wire.ts';
import { plainTime, wireTime } from '../model/world.ts';
import { findService, type Handler, type Handlers } from './handler.ts';
import { findWorker } from './instances.ts';
import { equals, page } from './paging.ts';

const plain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** Documented: log times are `yyyy-MM-dd HH:mm:ss` in UTC, and ISO 8601 is refused. */
function readPlainTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const time = plain.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(time)) throw invalidParameter(name, `"${text}" is not of the form yyyy-MM-dd HH:mm:ss`);
  return time;
}

/** Event times have been seen in both forms; the emulator takes both. */
function readAnyTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined || plain.test(text)) return readPlainTime(name, text);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidParameter(name, `"${text}" is not a time`);
  return time;
}

const logs: Handler<'DescribeServiceLog'> = (model, params) => {
  const service = findService(model, params);
  const asked = readPlainTime('StartTime', params.StartTime) ?? Number.NEGATIVE_INFINITY;
  const to = readPlainTime('EndTime', params.EndTime) ?? Number.POSITIVE_INFINITY;
  const { variants } = model;
  // How long lines are kept is not documented.
  const kept = variants.on('log-retention') ? variants.number('log-retention', 10) * 60_000 : Number.POSITIVE_INFINITY;
  const from = Math.max(asked, model.timeline.now() - kept);
  const { ContainerName: container } = params;
  if (container !== undefined && container !== '' && container !== 'worker0') {
    throw invalidParameter('ContainerName', `there is no container "${container}"`);
  }
  const workers = model.lifecycle.workers
    .of(service)
    .filter((worker) => equals(worker.name, params.InstanceName) && equals(worker.innerIp, params.Ip));
  if (params.InstanceName && workers.length === 0) findWorker(model, service, params.InstanceName);
  const now = model.timeline.now();
  const lines: LogLine[] = workers.flatMap((worker) => workerLog(service, worker, now, params.Previous === true));
  if (!params.InstanceName && !params.Previous) lines.push(...preparationLog(service));
  const ranged = params.StartTime !== undefined || params.EndTime !== undefined;
  const lossy = variants.on('log-keyword-range') && ranged && Boolean(params.Keyword);
  const found = lines
    .filter(({ at }) => at >= from && at <= to)
    .filter(({ text }) => !params.Keyword || text.includes(params.Keyword))
    .filter(({ fromApplication }) => !lossy || !fromApplication)
    .sort((a, b) => a.at - b.at);
  // The order of lines is not documented.
  if (variants.on('log-order-desc')) found.reverse();
  const { rows, PageNumber, PageSize, TotalCount } = page(
    found,
    { PageNumber: params.PageNum, PageSize: params.PageSize },
    variants,
    500,
  );
  return {
    Logs: rows.map(({ text }) => text),
    PageNum: PageNumber,
    TotalCount,
    TotalPageNum: Math.ceil(TotalCount / PageSize),
  };
};

/** Documented: the message of an event is itself JSON. */
function eventMessage(model: Model, event: ServiceEvent): string {
  const { variants } = model;
  const text = JSON.stringify({
    versionId: variants.on('event-version-text') ? String(event.version) : event.version,
    message: event.message,
    availableInstance: event.available,
    unavailableInstance: event.unavailable,
    ...(event.worker === undefined ? {} : { replicaName: '', instanceName: event.worker }),
  });
  return variants.on('event-message-cut') ? text.slice(0, 60) : text;
}

const week = 7 * 86_400_000;

const events: Handler<'DescribeServiceEvent'> = (model, params) => {
  const service = findService(model, params);
  const from = readAnyTime('StartTime', params.StartTime) ?? model.timeline.now() - week;
  const to = readAnyTime('EndTime', params.EndTime) ?? Number.POSITIVE_INFINITY;
  const time = model.variants.on('event-time-rfc3339') ? wireTime : plainTime;
  const found = service.events
    .filter(({ at }) => at >= from && at <= to)
    .filter(({ type }) => equals(type, params.EventType))
    .filter(({ worker }) => equals(worker ?? '', params.InstanceName))
    .sort((a, b) => b.at - a.at);
  const asked = { PageNumber: params.PageNum, PageSize: params.PageSize };
  const { rows, PageNumber, PageSize, TotalCount } = page(found, asked, model.variants);
  return {
    Events: rows.map((event) => ({
      Type: event.type,
      Reason: event.reason,
      Resource: event.resource,
      Time: time(event.at),
      Message: eventMessage(model, event),
    })),
    PageNum: PageNumber,
    TotalCount,
    TotalPageNum: Math.ceil(TotalCount / PageSize),
  };
};

export const insightHandlers = {
  DescribeServiceLog: logs,
  DescribeServiceEvent: events,
  DescribeServiceDiagnosis(model, params) {
    const service = findService(model, params);
    return { DiagnosisList: diagnoseService(service, model.lifecycle.workers.of(service)) };
  },
  DescribeServiceInstanceDiagnosis(model, params) {
    const service = findService(model, params);
    const worker = findWorker(model, service, params.InstanceName);
    return { Diagnosis: diagnoseWorker(service, worker) ?? { Error: '', Causes: [], Advices: [] } };
  },
  DescribeServiceEndpoints(model, params) {
    const service = findService(model, params);
    const member = service.group ? `${service.group}.${service.name}` : service.name;
    const own = endpointsOf(model, member);
    const shared = service.group ? endpointsOf(model, service.group) : undefined;
    return {
      Message: 'Execution succeeded.',
      ...(model.variants.on('token-missing') ? {} : { AccessToken: service.token }),
      Endpoints: [
        {
          EndpointType: 'DefaultGateway',
          BackendId: 'default',
          PathType: 'Service',
          Port: 80,
          InternetEndpoints: [own.internet],
          IntranetEndpoints: [own.intranet],
        },
        ...(shared
          ? [
              {
                EndpointType: 'DefaultGateway',
                BackendId: 'default',
                PathType: 'Group',
                Port: 80,
                InternetEndpoints: [shared.internet],
                IntranetEndpoints: [shared.intranet],
              },
            ]
          : []),
        ...(service.gateway
          ? [
              {
                EndpointType: 'PrivateGateway',
                BackendId: service.gateway,
                PathType: 'Service',
                Port: 80,
                InternetEndpoints: [],
                IntranetEndpoints: [
                  `http://${service.gateway}-vpc.${model.region}.pai-eas.aliyuncs.com/api/predict/${member}`,
                ],
              },
            ]
          : []),
      ],
    };
  },
  DescribeServiceSignedUrl(model, params) {
    const service = findService(model, params);
    const expire = Math.floor(model.timeline.now() / 1000) + Number(params.Expire ?? 43200);
    const host = `${service.name.replaceAll('_', '-')}-${model.accountId}.console.${model.region}.eas.pai-ml.com`;
    return { SignedUrl: `https://${host}?expire=${expire}&signature=${model.random.fork(`${host}${expire}`).hex(40)}` };
  },
  CreateServiceInstanceToken(model, params) {
    const service = findService(model, params);
    const worker = findWorker(model, service, params.InstanceName);
    const token = model.random.fork(`shell ${worker.name} ${model.timeline.now()}`).hex(32);
    return {
      Token: token,
      Url: '',
      StreamlogUrl: '',
      WorkbenchUrl: `https://ecs-workbench.aliyun.com/?instanceType=eas&instance=${worker.name}&token=${token}`,
    };
  },
  DescribeRegions: (model) => ({
    Regions: regions(model.region).map(([RegionId, RegionName]) => ({ RegionId, RegionName })),
  }),
  DevelopService(model, params) {
    findService(model, params);
    return { Message: 'Success' };
  },
  CommitService(model, params) {
    findService(model, params);
    return { Message: 'Success' };
  },
} satisfies Handlers;

const regionNames: Readonly<Record<string, string>> = {
  'cn-hangzhou': '华东 1（杭州）',
  'cn-shanghai': '华东 2（上海）',
  'cn-beijing': '华北 2（北京）',
  'cn-zhangjiakou': '华北 3（张家口）',
  'cn-wulanchabu': '华北 6（乌兰察布）',
  'cn-shenzhen': '华南 1（深圳）',
  'cn-hongkong': '中国香港',
  'ap-southeast-1': '新加坡',
  'ap-southeast-5': '印度尼西亚（雅加达）',
  'ap-northeast-1': '日本（东京）',
  'us-east-1': '美国（弗吉尼亚）',
  'us-west-1': '美国（硅谷）',
  'eu-central-1': '德国（法兰克福）',
};

function regions(own: string): (readonly [string, string])[] {
  return Object.entries({ ...regionNames, [own]: regionNames[own] ?? own });
}
