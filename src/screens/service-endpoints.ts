import { describeEndpoints, type Service } from '../api/services.ts';
import { clean } from '../lib/clean.ts';
import type { Api, Field, Section } from './define.ts';

/** The path a service is called at, as eascmd's list shows it: lists carry no endpoints, so it is made of the names. */
export const servicePath = ({ serviceName, serviceGroup }: Service): string =>
  `/api/predict/${serviceGroup ? `${serviceGroup}.` : ''}${serviceName}`;

/** Every way in to a service or its group, with the token that opens it. */
export async function endpointSections(api: Api, service: Service, signal: AbortSignal): Promise<Section[]> {
  const title = 'Endpoints';
  try {
    const { accessToken, endpoints } = await describeEndpoints(api, service.serviceName, signal);
    const fields = endpoints.flatMap(
      ({ endpointType, backendId, pathType, port, internetEndpoints, intranetEndpoints }): Field[] => {
        const name = clean([pathType, endpointType].filter(Boolean).join(' ') || 'Endpoint');
        const about = [backendId, port === undefined ? undefined : `port ${port}`].filter(Boolean).join(', ');
        return [
          { name, value: about || '-' },
          ...internetEndpoints.map((value) => ({ name: '  Internet', value })),
          ...intranetEndpoints.map((value) => ({ name: '  Intranet', value })),
        ];
      },
    );
    return [{ title, fields: [...fields, { name: 'Token', value: accessToken, secret: true }] }];
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return [{ title, lines: [{ text: `endpoints not available: ${reason}`, tone: 'dim' }] }];
  }
}
