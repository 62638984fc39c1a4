// Made by scripts/contract.mjs from eas-2021-07-01.json: change that and run `npm run contract`.
// Answers promise nothing: each field of each may be missing, and what is there is still to be read with care.

interface Artifact {
  CreatedAt?: string;
  Name?: string;
  Type?: string;
  Versions?: ArtifactVersions[];
}

interface ArtifactVersions {
  Alias?: string;
  Description?: string;
  ReleaseName?: string;
  Version?: string;
}

interface AttachGatewayDomainRequestCustomDomain {
  CertificateId?: string | undefined;
  Domain: string;
  Type: string;
}

interface AttachGatewayDomainResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface CloneServiceResponseBody {
  InternetEndpoint?: string;
  IntranetEndpoint?: string;
  RequestId?: string;
  ServiceId?: string;
  ServiceName?: string;
  Status?: string;
}

interface CommitServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface ContainerInfo {
  CurrentReaon?: string;
  CurrentStatus?: string;
  CurrentTimestamp?: string;
  Image?: string;
  LastReason?: string;
  LastStatus?: string;
  LastTimestamp?: string;
  Name?: string;
  Port?: number;
  Ready?: boolean;
  RestartCount?: number;
}

interface CreateAclPolicyRequestAclPolicyList {
  Comment?: string | undefined;
  Entry: string;
}

interface CreateAclPolicyResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface CreateAppServiceResponseBody {
  InternetEndpoint?: string;
  IntranetEndpoint?: string;
  Region?: string;
  RequestId?: string;
  ServiceId?: string;
  ServiceName?: string;
  Status?: string;
}

interface CreateBenchmarkTaskResponseBody {
  Message?: string;
  Region?: string;
  RequestId?: string;
  TaskName?: string;
}

interface CreateConfigResponseBody {
  CreatedAt?: string;
  Key?: string;
  UpdatedAt?: string;
  Value?: string;
}

interface CreateFaultInjectionResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateGatewayIntranetLinkedVpcPeerRequestPeerVpcs {
  Region?: string | undefined;
  VpcId?: string | undefined;
}

interface CreateGatewayIntranetLinkedVpcPeerResponseBody {
  GatewayId?: string;
  Message?: string;
  requestId?: string;
}

interface CreateGatewayIntranetLinkedVpcResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface CreateGatewayResponseBody {
  ClusterId?: string;
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface CreateGroupRequestNetwork {
  GatewayId?: string | undefined;
  SecurityGroupId?: string | undefined;
  VSwitchId?: string | undefined;
  VpcId?: string | undefined;
}

interface CreateGroupResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateResourceInstancesResponseBody {
  InstanceIds?: string[];
  Message?: string;
  RequestId?: string;
}

interface CreateResourceLogResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateResourceRequestSelfManagedResourceOptions {
  ExternalClusterId?: string | undefined;
  NodeMatchLabels?: Record<string, string> | undefined;
  NodeTolerations?: CreateResourceRequestSelfManagedResourceOptionsNodeTolerations[] | undefined;
  RoleName?: string | undefined;
}

interface CreateResourceRequestSelfManagedResourceOptionsNodeTolerations {
  effect?: string | undefined;
  key?: string | undefined;
  operator?: string | undefined;
  value?: string | undefined;
}

interface CreateResourceResponseBody {
  ClusterId?: string;
  InstanceIds?: string[];
  OwnerUid?: string;
  RequestId?: string;
  ResourceId?: string;
  ResourceName?: string;
}

interface CreateServiceAutoScalerRequestBehavior {
  onZero?: CreateServiceAutoScalerRequestBehaviorOnZero | undefined;
  scaleDown?: CreateServiceAutoScalerRequestBehaviorScaleDown | undefined;
  scaleUp?: CreateServiceAutoScalerRequestBehaviorScaleUp | undefined;
}

interface CreateServiceAutoScalerRequestBehaviorOnZero {
  scaleDownGracePeriodSeconds?: number | undefined;
  scaleUpActivationReplicas?: number | undefined;
}

interface CreateServiceAutoScalerRequestBehaviorScaleDown {
  stabilizationWindowSeconds?: number | undefined;
}

interface CreateServiceAutoScalerRequestBehaviorScaleUp {
  stabilizationWindowSeconds?: number | undefined;
}

interface CreateServiceAutoScalerRequestScaleStrategies {
  metricName: "qps" | "cpu" | (string & {});
  service?: string | undefined;
  threshold: number;
}

interface CreateServiceAutoScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateServiceCronScalerRequestScaleJobs {
  Name?: string | undefined;
  Schedule: string;
  TargetSize: number;
  TimeZone?: string | undefined;
}

interface CreateServiceCronScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateServiceInstanceTokenResponseBody {
  RequestId?: string;
  StreamlogUrl?: string;
  Token?: string;
  Url?: string;
  WorkbenchUrl?: string;
}

interface CreateServiceMirrorResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateServiceResponseBody {
  InternetEndpoint?: string;
  IntranetEndpoint?: string;
  Region?: string;
  RequestId?: string;
  ServiceId?: string;
  ServiceName?: string;
  Status?: string;
}

interface CreateServiceRolloutRequestBatch {
  BatchSize?: string | undefined;
  Interval?: string | undefined;
}

interface CreateServiceRolloutRequestPartition {
  Partition?: string | undefined;
}

interface CreateServiceRolloutResponseBody {
  Message?: string;
  RequestId?: string;
}

interface CreateVirtualResourceRequestResources {
  InstanceType?: string | undefined;
  Priority?: number | undefined;
  QuotaId?: string | undefined;
  Region?: string | undefined;
  ResourceId?: string | undefined;
  SpotPriceLimit?: number | undefined;
}

interface CreateVirtualResourceResponseBody {
  Message?: string;
  RequestId?: string;
  VirtualResourceId?: string;
}

interface DeleteAclPolicyRequestAclPolicyList {
  Comment?: string | undefined;
  Entry?: string | undefined;
}

interface DeleteAclPolicyResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface DeleteBenchmarkTaskResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteConfigResponseBody {
  deleted?: number;
  message?: string;
}

interface DeleteFaultInjectionResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteGatewayIntranetLinkedVpcPeerRequestPeerVpcs {
  Region?: string | undefined;
  VpcId?: string | undefined;
}

interface DeleteGatewayIntranetLinkedVpcPeerResponseBody {
  GatewayId?: string;
  Message?: string;
  requestId?: string;
}

interface DeleteGatewayIntranetLinkedVpcResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface DeleteGatewayLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteGatewayResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface DeleteGroupResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteResourceDLinkResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteResourceInstanceLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteResourceInstancesResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteResourceLogResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteResourceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceAutoScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceCronScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceInstancesResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceMirrorResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteServiceRolloutResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DeleteVirtualResourceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface DescribeBenchmarkTaskReportResponseBody {
  Data?: unknown;
  ReportUrl?: string;
  RequestId?: string;
}

interface DescribeBenchmarkTaskResponseBody {
  AvailableAgent?: number;
  CallerUid?: string;
  DesiredAgent?: number;
  Endpoint?: string;
  Message?: string;
  ParentUid?: string;
  Reason?: string;
  RequestId?: string;
  ServiceName?: string;
  Status?: string;
  TaskId?: string;
  TaskName?: string;
  Token?: string;
}

interface DescribeGatewayResponseBody {
  ChargeType?: string;
  CreateTime?: string;
  ExternalClusterId?: string;
  GatewayId?: string;
  GatewayName?: string;
  InstanceType?: string;
  InternetDomain?: string;
  InternetEnabled?: boolean;
  InternetStatus?: string;
  IntranetDomain?: string;
  IntranetEnabled?: boolean;
  IsDefault?: boolean;
  Labels?: DescribeGatewayResponseBodyLabels[];
  Replicas?: number;
  RequestId?: string;
  SSLRedirectionEnabled?: boolean;
  Status?: string;
  UpdateTime?: string;
}

interface DescribeGatewayResponseBodyLabels {
  LabelKey?: string;
  LabelValue?: string;
}

interface DescribeGroupEndpointsResponseBody {
  AccessToken?: string;
  Endpoints?: DescribeGroupEndpointsResponseBodyEndpoints[];
  Message?: string;
  RequestId?: string;
}

interface DescribeGroupEndpointsResponseBodyEndpoints {
  BackendId?: string;
  EndpointType?: string;
  InternetEndpoints?: string[];
  IntranetEndpoints?: string[];
  PathType?: string;
  Port?: number;
}

interface DescribeMachineSpecResponseBody {
  InstanceMetas?: DescribeMachineSpecResponseBodyInstanceMetas[];
  RequestId?: string;
  Types?: DescribeMachineSpecResponseBodyTypes[];
}

interface DescribeMachineSpecResponseBodyInstanceMetas {
  CPU?: number;
  GPU?: string;
  GPUAmount?: number;
  GPUMemory?: number;
  InstanceType?: string;
  IsAvailable?: boolean;
  Memory?: number;
  NonProtectSpotDiscount?: number;
  SpotDiscount?: number;
  StockStatus?: string;
  Vendor?: string;
}

interface DescribeMachineSpecResponseBodyTypes {
  CPU?: number;
  Memory?: number[];
}

interface DescribeRegionsResponseBody {
  Regions?: DescribeRegionsResponseBodyRegions[];
  RequestId?: string;
}

interface DescribeRegionsResponseBodyRegions {
  RegionId?: string;
  RegionName?: string;
}

interface DescribeResourceDLinkResponseBody {
  AuxVSwitchList?: string[];
  DestinationCIDRs?: string;
  RequestId?: string;
  SecurityGroupId?: string;
  VSwitchId?: string;
  VpcId?: string;
}

interface DescribeResourceLogResponseBody {
  LogStore?: string;
  Message?: string;
  ProjectName?: string;
  RequestId?: string;
  Status?: string;
}

interface DescribeResourceResponseBody {
  ClusterId?: string;
  CpuCount?: number;
  CpuUsed?: number;
  CreateTime?: string;
  ExtraData?: string;
  Features?: string[];
  GpuCount?: number;
  GpuUsed?: number;
  InstanceCount?: number;
  InstanceMaxAllocatableCPU?: number;
  InstanceMaxAllocatableGPU?: number;
  InstanceMaxAllocatableMemory?: number;
  Memory?: number;
  MemoryUsed?: number;
  Message?: string;
  OwnerUid?: string;
  PostPaidInstanceCount?: number;
  PrePaidInstanceCount?: number;
  RequestId?: string;
  ResourceId?: string;
  ResourceName?: string;
  ResourceType?: string;
  ServiceCount?: string;
  Status?: string;
  UpdateTime?: string;
  UsageMode?: string;
}

interface DescribeServiceAutoScalerResponseBody {
  Behavior?: Record<string, unknown>;
  CurrentMetrics?: DescribeServiceAutoScalerResponseBodyCurrentMetrics[];
  MaxReplica?: number;
  MinReplica?: number;
  RequestId?: string;
  ScaleStrategies?: DescribeServiceAutoScalerResponseBodyScaleStrategies[];
  ServiceName?: string;
}

interface DescribeServiceAutoScalerResponseBodyCurrentMetrics {
  metricName?: string;
  service?: string;
  value?: number;
}

interface DescribeServiceAutoScalerResponseBodyScaleStrategies {
  metricName?: string;
  service?: string;
  threshold?: number;
}

interface DescribeServiceCronScalerResponseBody {
  ExcludeDates?: string[];
  RequestId?: string;
  ScaleJobs?: DescribeServiceCronScalerResponseBodyScaleJobs[];
  ServiceName?: string;
}

interface DescribeServiceCronScalerResponseBodyScaleJobs {
  CreateTime?: string;
  LastProbeTime?: string;
  Message?: string;
  Name?: string;
  Schedule?: string;
  State?: string;
  TargetSize?: number;
}

interface DescribeServiceDiagnosisResponseBody {
  DiagnosisList?: DescribeServiceDiagnosisResponseBodyDiagnosisList[];
  RequestId?: string;
}

interface DescribeServiceDiagnosisResponseBodyDiagnosisList {
  Advices?: string[];
  Causes?: string[];
  Error?: string;
}

interface DescribeServiceEndpointsResponseBody {
  AccessToken?: string;
  Endpoints?: DescribeServiceEndpointsResponseBodyEndpoints[];
  Message?: string;
  RequestId?: string;
}

interface DescribeServiceEndpointsResponseBodyEndpoints {
  BackendId?: string;
  EndpointType?: string;
  InternetEndpoints?: string[];
  IntranetEndpoints?: string[];
  PathType?: string;
  Port?: number;
}

interface DescribeServiceEventResponseBody {
  Events?: DescribeServiceEventResponseBodyEvents[];
  PageNum?: number;
  RequestId?: string;
  TotalCount?: number;
  TotalPageNum?: number;
}

interface DescribeServiceEventResponseBodyEvents {
  Message?: string;
  Reason?: string;
  Resource?: string;
  Time?: string;
  Type?: string;
}

interface DescribeServiceInstanceDiagnosisResponseBody {
  Diagnosis?: DescribeServiceInstanceDiagnosisResponseBodyDiagnosis;
  RequestId?: string;
}

interface DescribeServiceInstanceDiagnosisResponseBodyDiagnosis {
  Advices?: string[];
  Causes?: string[];
  Error?: string;
}

interface DescribeServiceLogResponseBody {
  Logs?: string[];
  PageNum?: number;
  RequestId?: string;
  TotalCount?: number;
  TotalPageNum?: number;
}

interface DescribeServiceMirrorResponseBody {
  Ratio?: string;
  RequestId?: string;
  ServiceName?: string;
  Target?: string;
}

interface DescribeServiceRolloutResponseBody {
  RequestId?: string;
  Rollout?: DescribeServiceRolloutResponseBodyRollout;
}

interface DescribeServiceRolloutResponseBodyRollout {
  Status?: DescribeServiceRolloutResponseBodyRolloutStatus;
  Strategy?: DescribeServiceRolloutResponseBodyRolloutStrategy;
}

interface DescribeServiceRolloutResponseBodyRolloutStatus {
  CurrentRevision?: string;
  NextBatchStartTime?: string;
  Phase?: string;
  TotalReplicas?: number;
  UpdateRevision?: string;
  UpdatedReplicas?: number;
}

interface DescribeServiceRolloutResponseBodyRolloutStrategy {
  Batch?: DescribeServiceRolloutResponseBodyRolloutStrategyBatch;
  Partition?: DescribeServiceRolloutResponseBodyRolloutStrategyPartition;
}

interface DescribeServiceRolloutResponseBodyRolloutStrategyBatch {
  BatchSize?: string;
  Interval?: string;
}

interface DescribeServiceRolloutResponseBodyRolloutStrategyPartition {
  Partition?: string;
}

interface DescribeServiceSignedUrlResponseBody {
  RequestId?: string;
  SignedUrl?: string;
}

interface DescribeSpotDiscountHistoryResponseBody {
  RequestId?: string;
  SpotDiscounts?: DescribeSpotDiscountHistoryResponseBodySpotDiscounts[];
}

interface DescribeSpotDiscountHistoryResponseBodySpotDiscounts {
  InstanceType?: string;
  SpotDiscount?: string;
  Timestamp?: string;
  ZoneId?: string;
}

interface DescribeVirtualResourceResponseBody {
  CreateTime?: string;
  DisableSpotProtectionPeriod?: boolean;
  Features?: string[];
  RequestId?: string;
  Resources?: DescribeVirtualResourceResponseBodyResources[];
  ServiceCount?: number;
  UpdateTime?: string;
  VirtualResourceId?: string;
  VirtualResourceName?: string;
}

interface DescribeVirtualResourceResponseBodyResources {
  InstanceType?: string;
  Priority?: number;
  QuotaId?: string;
  Region?: string;
  ResourceId?: string;
  SpotPriceLimit?: number;
}

interface DetachGatewayDomainRequestCustomDomain {
  Domain: string;
  Type: string;
}

interface DetachGatewayDomainResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface DevelopServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface Group {
  AccessToken?: string;
  CallerUid?: string;
  ClusterId?: string;
  CreateTime?: string;
  InternetEndpoint?: string;
  IntranetEndpoint?: string;
  Labels?: GroupLabels[];
  Name?: string;
  Network?: GroupNetwork;
  ParentUid?: string;
  QueueService?: string;
  TrafficMode?: string;
  UpdateTime?: string;
}

interface GroupLabels {
  LabelKey?: string;
  LabelValue?: string;
}

interface GroupNetwork {
  GatewayId?: string;
  SecurityGroupId?: string;
  VSwitchId?: string;
  VpcId?: string;
}

interface Instance {
  CreateTime?: string;
  CurrentAmount?: number;
  Detached?: boolean;
  ExternalIP?: string;
  ExternalInstancePort?: number;
  HostIP?: string;
  HostName?: string;
  InnerIP?: string;
  InstanceName?: string;
  InstancePort?: number;
  InstanceType?: string;
  IsLatest?: boolean;
  IsReplica?: boolean;
  IsSpot?: boolean;
  Isolated?: boolean;
  LastState?: Record<string, unknown>[];
  Namespace?: string;
  OriginalAmount?: number;
  ReadyProcesses?: number;
  Reason?: string;
  ReplicaName?: string;
  ResourceType?: string;
  RestartCount?: number;
  Role?: string;
  /** @deprecated by the contract */ StartAt?: string;
  StartTime?: string;
  Status?: string;
  TenantHostIP?: string;
  TenantInstanceIP?: string;
  TotalProcesses?: number;
  Zone?: string;
}

interface ListAclPolicyResponseBody {
  GatewayId?: string;
  InternetAclPolicyList?: ListAclPolicyResponseBodyInternetAclPolicyList[];
  IntranetVpcAclPolicyList?: ListAclPolicyResponseBodyIntranetVpcAclPolicyList[];
  RequestId?: string;
}

interface ListAclPolicyResponseBodyInternetAclPolicyList {
  AclPolicyList?: ListAclPolicyResponseBodyInternetAclPolicyListAclPolicyList[];
}

interface ListAclPolicyResponseBodyInternetAclPolicyListAclPolicyList {
  Comment?: string;
  Entry?: string;
}

interface ListAclPolicyResponseBodyIntranetVpcAclPolicyList {
  AclPolicyList?: ListAclPolicyResponseBodyIntranetVpcAclPolicyListAclPolicyList[];
  VpcId?: string;
}

interface ListAclPolicyResponseBodyIntranetVpcAclPolicyListAclPolicyList {
  Comment?: string;
  Entry?: string;
}

interface ListBenchmarkTaskResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  Tasks?: ListBenchmarkTaskResponseBodyTasks[];
  TotalCount?: number;
}

interface ListBenchmarkTaskResponseBodyTasks {
  AvailableAgent?: number;
  CreateTime?: string;
  Message?: string;
  Region?: string;
  ServiceName?: string;
  Status?: string;
  TaskId?: string;
  TaskName?: string;
  UpdateTime?: string;
}

interface ListConfigsResponseBody {
  Configs?: ListConfigsResponseBodyConfigs[];
  HasMore?: boolean;
  Name?: string;
  Page?: number;
  PageSize?: number;
  Total?: number;
  Type?: string;
}

interface ListConfigsResponseBodyConfigs {
  CreatedAt?: string;
  Key?: string;
  UpdatedAt?: string;
  Value?: string;
}

interface ListGatewayDomainsResponseBody {
  CustomDomains?: ListGatewayDomainsResponseBodyCustomDomains[];
  Message?: string;
  RequestId?: string;
}

interface ListGatewayDomainsResponseBodyCustomDomains {
  CertificateEndDate?: string;
  CertificateId?: string;
  CertificateName?: string;
  CertificateStartDate?: string;
  CertificateStatus?: string;
  CreateTime?: string;
  Domain?: string;
  Type?: string;
  UpdateTime?: string;
}

interface ListGatewayIntranetLinkedVpcPeerResponseBody {
  GatewayId?: string;
  PeerVpcList?: ListGatewayIntranetLinkedVpcPeerResponseBodyPeerVpcList[];
  requestId?: string;
}

interface ListGatewayIntranetLinkedVpcPeerResponseBodyPeerVpcList {
  PeerVpcs?: ListGatewayIntranetLinkedVpcPeerResponseBodyPeerVpcListPeerVpcs[];
  VpcId?: string;
}

interface ListGatewayIntranetLinkedVpcPeerResponseBodyPeerVpcListPeerVpcs {
  Region?: string;
  Status?: string;
  VpcId?: string;
}

interface ListGatewayIntranetLinkedVpcResponseBody {
  GatewayId?: string;
  IntranetLinkedVpcList?: ListGatewayIntranetLinkedVpcResponseBodyIntranetLinkedVpcList[];
  RequestId?: string;
}

interface ListGatewayIntranetLinkedVpcResponseBodyIntranetLinkedVpcList {
  AccountId?: string;
  AuthoritativeDnsEnabled?: boolean;
  Ip?: string;
  SecurityGroupId?: string;
  Status?: string;
  VSwitchId?: string;
  VpcId?: string;
}

interface ListGatewayIntranetSupportedZoneResponseBody {
  RequestId?: string;
  Zones?: string[];
}

interface ListGatewayResponseBody {
  Gateways?: ListGatewayResponseBodyGateways[];
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
}

interface ListGatewayResponseBodyGateways {
  ChargeType?: string;
  CreateTime?: string;
  GatewayId?: string;
  GatewayName?: string;
  InstanceType?: string;
  InternetDomain?: string;
  InternetEnabled?: boolean;
  IntranetDomain?: string;
  IntranetEnabled?: boolean;
  IsDefault?: boolean;
  Labels?: ListGatewayResponseBodyGatewaysLabels[];
  Replicas?: number;
  SSLRedirectionEnabled?: boolean;
  Status?: string;
  UpdateTime?: string;
}

interface ListGatewayResponseBodyGatewaysLabels {
  LabelKey?: string;
  LabelValue?: string;
}

interface ListGroupsResponseBody {
  Groups?: Group[];
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
}

interface ListResourceInstanceWorkerResponseBody {
  PageNumber?: number;
  PageSize?: number;
  Pods?: ResourceInstanceWorker[];
  RequestId?: string;
  TotalCount?: number;
}

interface ListResourceInstancesResponseBody {
  Instances?: ResourceInstance[];
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
}

interface ListResourceServicesResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  Services?: Service[];
  TotalCount?: number;
}

interface ListResourcesResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  Resources?: Resource[];
  TotalCount?: number;
}

interface ListServiceContainersResponseBody {
  Containers?: ContainerInfo[];
  RequestId?: string;
  ServiceName?: string;
}

interface ListServiceInstanceFaultInjectionInfoResponseBody {
  FaultInfoList?: ListServiceInstanceFaultInjectionInfoResponseBodyFaultInfoList[];
  RequestId?: string;
}

interface ListServiceInstanceFaultInjectionInfoResponseBodyFaultInfoList {
  FaultArgs?: unknown;
  FaultStatus?: ListServiceInstanceFaultInjectionInfoResponseBodyFaultInfoListFaultStatus;
  FaultType?: string;
}

interface ListServiceInstanceFaultInjectionInfoResponseBodyFaultInfoListFaultStatus {
  FaultStatus?: string;
  FaultStatusMessage?: string;
}

interface ListServiceInstancesResponseBody {
  Instances?: Instance[];
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
}

interface ListServiceVersionsResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
  Versions?: ListServiceVersionsResponseBodyVersions[];
}

interface ListServiceVersionsResponseBodyVersions {
  BuildTime?: string;
  ImageAvailable?: string;
  ImageId?: number;
  Message?: string;
  ServiceConfig?: string;
  ServiceRunnable?: string;
}

interface ListServicesResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  Services?: Service[];
  TotalCount?: number;
}

interface ListTenantAddonsResponseBody {
  Addons?: ListTenantAddonsResponseBodyAddons[];
  RequestId?: string;
}

interface ListTenantAddonsResponseBodyAddons {
  Attributes?: Record<string, string>;
  Name?: string;
}

interface ListVirtualResourceResponseBody {
  PageNumber?: number;
  PageSize?: number;
  RequestId?: string;
  TotalCount?: number;
  VirtualResources?: ListVirtualResourceResponseBodyVirtualResources[];
}

interface ListVirtualResourceResponseBodyVirtualResources {
  CreateTime?: string;
  ServiceCount?: number;
  UpdateTime?: string;
  VirtualResourceId?: string;
  VirtualResourceName?: string;
}

interface MigrateResourceInstanceResponseBody {
  InstanceIds?: string[];
  Message?: string;
  RequestId?: string;
}

interface ReinstallTenantAddonResponseBody {
  Message?: string;
  RequestId?: string;
}

interface ReleaseServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface Resource {
  ClusterId?: string;
  CpuCount?: number;
  CpuUsed?: number;
  CreateTime?: string;
  ExtraData?: Record<string, unknown>;
  Features?: string[];
  GpuCount?: number;
  GpuUsed?: number;
  InstanceCount?: number;
  InstanceMaxAllocatableCPU?: number;
  InstanceMaxAllocatableGPU?: number;
  InstanceMaxAllocatableMemory?: number;
  Memory?: number;
  MemoryUsed?: number;
  Message?: string;
  PostPaidInstanceCount?: number;
  PrePaidInstanceCount?: number;
  ResourceId?: string;
  ResourceName?: string;
  ResourceType?: string;
  ServiceCount?: number;
  Status?: string;
  UpdateTime?: string;
  UsageMode?: string;
  Vendor?: string;
}

interface ResourceInstance {
  Arch?: string;
  AutoRenewal?: boolean;
  ChargeType?: string;
  CreateTime?: string;
  ExpiredTime?: string;
  InstanceCpuCount?: number;
  InstanceGpuCount?: number;
  InstanceGpuMemory?: string;
  InstanceId?: string;
  InstanceIp?: string;
  InstanceMemory?: string;
  InstanceName?: string;
  InstancePhase?: string;
  InstanceStatus?: string;
  InstanceSystemDiskSize?: number;
  InstanceTenantIp?: string;
  InstanceType?: string;
  InstanceUsedCpu?: number;
  InstanceUsedGpu?: number;
  InstanceUsedGpuMemory?: string;
  InstanceUsedMemory?: string;
  Labels?: ResourceInstanceLabels[];
  LastCordonOperator?: string;
  LastCordonReason?: string;
  Region?: string;
  ResourceId?: string;
  Zone?: string;
}

interface ResourceInstanceLabels {
  LabelKey?: string;
  LabelValue?: string;
}

interface ResourceInstanceWorker {
  CpuLimit?: number;
  CpuRequest?: number;
  GpuLimit?: number;
  GpuRequest?: number;
  MemoryLimit?: number;
  MemoryRquest?: number;
  Name?: string;
  Ready?: boolean;
  RestartCount?: number;
  ServiceName?: string;
  StartTime?: string;
  Status?: string;
}

interface RestartServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface ScaleServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface Service {
  AccessToken?: string;
  AppConfig?: string;
  AppSpecName?: string;
  AppType?: string;
  AppVersion?: string;
  AutoscalerEnabled?: boolean;
  CallerUid?: string;
  Cpu?: number;
  CreateTime?: string;
  CronscalerEnabled?: boolean;
  CurrentVersion?: number;
  ExtraData?: string;
  GPUCorePercentage?: number;
  GPUMemory?: number;
  Gateway?: string;
  Gpu?: number;
  Image?: string;
  InstanceCountInResource?: ServiceInstanceCountInResource;
  InternetEndpoint?: string;
  IntranetEndpoint?: string;
  Labels?: ServiceLabels[];
  LatestVersion?: number;
  Memory?: number;
  Message?: string;
  Namespace?: string;
  ParentUid?: string;
  PendingInstance?: number;
  QuotaId?: string;
  Reason?: string;
  Region?: string;
  RequestId?: string;
  Resource?: string;
  ResourceAlias?: string;
  ResourceBurstable?: boolean;
  Role?: string;
  RoleAttrs?: string;
  RunningInstance?: number;
  SafetyLock?: string;
  SecondaryInternetEndpoint?: string;
  SecondaryIntranetEndpoint?: string;
  ServiceConfig?: string;
  ServiceGroup?: string;
  ServiceId?: string;
  ServiceName?: string;
  ServiceUid?: string;
  Source?: string;
  Status?: string;
  TotalInstance?: number;
  TrafficState?: string;
  UpdateTime?: string;
  Weight?: number;
  WorkloadType?: string;
  WorkspaceId?: string;
}

interface ServiceInstanceCountInResource {
  Dedicated?: number;
  Public?: number;
  Quota?: number;
}

interface ServiceLabels {
  LabelKey?: string;
  LabelValue?: string;
}

interface StartBenchmarkTaskResponseBody {
  Message?: string;
  RequestId?: string;
}

interface StartServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface StopBenchmarkTaskResponseBody {
  Message?: string;
  RequestId?: string;
}

interface StopServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateAppServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateBenchmarkTaskResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateConfigResponseBody {
  CreatedAt?: string;
  Key?: string;
  UpdatedAt?: string;
  Value?: string;
}

interface UpdateGatewayLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateGatewayResponseBody {
  GatewayId?: string;
  Message?: string;
  RequestId?: string;
}

interface UpdateGroupRequestNetwork {
  GatewayId?: string | undefined;
  SecurityGroupId?: string | undefined;
  VSwitchId?: string | undefined;
  VpcId?: string | undefined;
}

interface UpdateGroupResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateResourceDLinkResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateResourceInstanceLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateResourceInstanceResponseBody {
  InstanceId?: string;
  RequestId?: string;
  ResourceId?: string;
}

interface UpdateResourceRequestSelfManagedResourceOptions {
  NodeMatchLabels?: Record<string, string> | undefined;
  NodeTolerations?: UpdateResourceRequestSelfManagedResourceOptionsNodeTolerations[] | undefined;
}

interface UpdateResourceRequestSelfManagedResourceOptionsNodeTolerations {
  effect?: "PreferNoSchedule" | "NoSchedule" | "NoExecute" | (string & {}) | undefined;
  key?: string | undefined;
  operator?: "Equal" | "Exists" | (string & {}) | undefined;
  value?: string | undefined;
}

interface UpdateResourceResponseBody {
  RequestId?: string;
  ResourceId?: string;
  ResourceName?: string;
}

interface UpdateServiceAutoScalerRequestBehavior {
  onZero?: UpdateServiceAutoScalerRequestBehaviorOnZero | undefined;
  scaleDown?: UpdateServiceAutoScalerRequestBehaviorScaleDown | undefined;
  scaleUp?: UpdateServiceAutoScalerRequestBehaviorScaleUp | undefined;
}

interface UpdateServiceAutoScalerRequestBehaviorOnZero {
  scaleDownGracePeriodSeconds?: number | undefined;
  scaleUpActivationReplicas?: number | undefined;
}

interface UpdateServiceAutoScalerRequestBehaviorScaleDown {
  stabilizationWindowSeconds?: number | undefined;
}

interface UpdateServiceAutoScalerRequestBehaviorScaleUp {
  stabilizationWindowSeconds?: number | undefined;
}

interface UpdateServiceAutoScalerRequestScaleStrategies {
  metricName: "qps" | "cpu" | (string & {});
  service?: string | undefined;
  threshold: number;
}

interface UpdateServiceAutoScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceCronScalerRequestScaleJobs {
  Name?: string | undefined;
  Schedule: string;
  TargetSize: number;
  TimeZone?: string | undefined;
}

interface UpdateServiceCronScalerResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceInstanceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceLabelResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceMirrorResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceRolloutRequestBatch {
  BatchSize?: string | undefined;
  Interval?: string | undefined;
}

interface UpdateServiceRolloutRequestPartition {
  Partition?: string | undefined;
}

interface UpdateServiceRolloutResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceSafetyLockResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateServiceVersionResponseBody {
  Message?: string;
  RequestId?: string;
}

interface UpdateVirtualResourceRequestResources {
  InstanceType?: string | undefined;
  Priority?: number | undefined;
  QuotaId?: string | undefined;
  Region?: string | undefined;
  ResourceId?: string | undefined;
  SpotPriceLimit?: number | undefined;
}

interface UpdateVirtualResourceResponseBody {
  Message?: string;
  RequestId?: string;
}

/** Parameters (path, query and body in one flat object) and answer of every operation. */
export interface Operations {
  AttachGatewayDomain: { params: { ClusterId: string; GatewayId: string; CustomDomain: AttachGatewayDomainRequestCustomDomain; }; response: AttachGatewayDomainResponseBody };
  CloneService: { params: { ClusterId: string; ServiceName: string; Labels?: Record<string, string> | undefined; body: string; }; response: CloneServiceResponseBody };
  CommitService: { params: { ClusterId: string; ServiceName: string; }; response: CommitServiceResponseBody };
  CreateAclPolicy: { params: { ClusterId: string; GatewayId: string; AclPolicyList: CreateAclPolicyRequestAclPolicyList[]; VpcId?: string | undefined; }; response: CreateAclPolicyResponseBody };
  CreateAppService: { params: { QuotaId?: string | undefined; WorkspaceId?: string | undefined; AppType: string; AppVersion?: string | undefined; Config?: Record<string, unknown> | undefined; Replicas: number; ServiceName: string; ServiceSpec: string; }; response: CreateAppServiceResponseBody };
  CreateBenchmarkTask: { params: { body: string; }; response: CreateBenchmarkTaskResponseBody };
  CreateConfig: { params: { ClusterId: string; ConfigType: string; Name: string; ConfigKey: string; Value?: string | undefined; }; response: CreateConfigResponseBody };
  CreateFaultInjection: { params: { ClusterId: string; ServiceName: string; InstanceName: string; FaultArgs?: unknown | undefined; FaultType?: string | undefined; }; response: CreateFaultInjectionResponseBody };
  CreateGateway: { params: { ResourceName?: string | undefined; AutoRenewal?: boolean | undefined; ChargeType?: "PrePaid" | "PostPaid" | (string & {}) | undefined; EnableInternet?: boolean | undefined; EnableIntranet?: boolean | undefined; GatewayType?: string | undefined; InstanceType?: string | undefined; Name?: string | undefined; Replicas?: number | undefined; }; response: CreateGatewayResponseBody };
  CreateGatewayIntranetLinkedVpc: { params: { ClusterId: string; GatewayId: string; AccountId?: string | undefined; EnableAuthoritativeDns?: boolean | undefined; VSwitchId?: string | undefined; VpcId?: string | undefined; }; response: CreateGatewayIntranetLinkedVpcResponseBody };
  CreateGatewayIntranetLinkedVpcPeer: { params: { ClusterId: string; GatewayId: string; PeerVpcs?: CreateGatewayIntranetLinkedVpcPeerRequestPeerVpcs[] | undefined; VpcId?: string | undefined; }; response: CreateGatewayIntranetLinkedVpcPeerResponseBody };
  CreateGroup: { params: { Labels?: Record<string, string> | undefined; Name?: string | undefined; Network?: CreateGroupRequestNetwork | undefined; WorkSpaceId?: string | undefined; }; response: CreateGroupResponseBody };
  CreateResource: { params: { AutoRenewal?: boolean | undefined; ChargeType: "PrePaid" | "PostPaid" | (string & {}); EcsInstanceCount: number; EcsInstanceType: string; Labels?: Record<string, string> | undefined; ResourceName?: string | undefined; ResourceType?: "Dedicated" | "SelfManaged" | (string & {}) | undefined; SelfManagedResourceOptions?: CreateResourceRequestSelfManagedResourceOptions | undefined; SystemDiskSize?: number | undefined; UsageMode?: string | undefined; Zone?: string | undefined; }; response: CreateResourceResponseBody };
  CreateResourceInstances: { params: { ClusterId: string; ResourceId: string; AutoRenewal?: boolean | undefined; ChargeType: "PrePaid" | "PostPaid" | (string & {}); EcsInstanceCount: number; EcsInstanceType: string; Labels?: Record<string, string> | undefined; SystemDiskSize?: number | undefined; /** @deprecated by the contract */ UserData?: string | undefined; Zone?: string | undefined; }; response: CreateResourceInstancesResponseBody };
  CreateResourceLog: { params: { ClusterId: string; ResourceId: string; LogStore: string; ProjectName: string; }; response: CreateResourceLogResponseBody };
  CreateService: { params: { Develop?: string | undefined; Labels?: Record<string, string> | undefined; WorkspaceId?: string | undefined; body: string; }; response: CreateServiceResponseBody };
  CreateServiceAutoScaler: { params: { ClusterId: string; ServiceName: string; behavior?: CreateServiceAutoScalerRequestBehavior | undefined; max: number; min: number; scaleStrategies: CreateServiceAutoScalerRequestScaleStrategies[]; }; response: CreateServiceAutoScalerResponseBody };
  CreateServiceCronScaler: { params: { ClusterId: string; ServiceName: string; ExcludeDates?: string[] | undefined; ScaleJobs: CreateServiceCronScalerRequestScaleJobs[]; }; response: CreateServiceCronScalerResponseBody };
  CreateServiceInstanceToken: { params: { ClusterId: string; ServiceName: string; InstanceName: string; ActionType?: string | undefined; WorkerName?: string | undefined; }; response: CreateServiceInstanceTokenResponseBody };
  CreateServiceMirror: { params: { ClusterId: string; ServiceName: string; Ratio?: number | undefined; Target?: string[] | undefined; }; response: CreateServiceMirrorResponseBody };
  CreateServiceRollout: { params: { ClusterId: string; ServiceName: string; Batch?: CreateServiceRolloutRequestBatch | undefined; Partition?: CreateServiceRolloutRequestPartition | undefined; Paused?: boolean | undefined; }; response: CreateServiceRolloutResponseBody };
  CreateVirtualResource: { params: { DisableSpotProtectionPeriod?: boolean | undefined; Resources?: CreateVirtualResourceRequestResources[] | undefined; VirtualResourceName?: string | undefined; }; response: CreateVirtualResourceResponseBody };
  DeleteAclPolicy: { params: { ClusterId: string; GatewayId: string; AclPolicyList?: DeleteAclPolicyRequestAclPolicyList[] | undefined; VpcId?: string | undefined; }; response: DeleteAclPolicyResponseBody };
  DeleteBenchmarkTask: { params: { ClusterId: string; TaskName: string; }; response: DeleteBenchmarkTaskResponseBody };
  DeleteConfig: { params: { ClusterId: string; ConfigType: string; Name: string; ConfigKey: string; }; response: DeleteConfigResponseBody };
  DeleteFaultInjection: { params: { ClusterId: string; ServiceName: string; InstanceName: string; FaultType: string; }; response: DeleteFaultInjectionResponseBody };
  DeleteGateway: { params: { ClusterId: string; GatewayId: string; }; response: DeleteGatewayResponseBody };
  DeleteGatewayIntranetLinkedVpc: { params: { ClusterId: string; GatewayId: string; VSwitchId?: string | undefined; VpcId?: string | undefined; }; response: DeleteGatewayIntranetLinkedVpcResponseBody };
  DeleteGatewayIntranetLinkedVpcPeer: { params: { ClusterId: string; GatewayId: string; PeerVpcs?: DeleteGatewayIntranetLinkedVpcPeerRequestPeerVpcs[] | undefined; VpcId?: string | undefined; }; response: DeleteGatewayIntranetLinkedVpcPeerResponseBody };
  DeleteGatewayLabel: { params: { ClusterId: string; GatewayId: string; LabelKeys: string[]; }; response: DeleteGatewayLabelResponseBody };
  DeleteGroup: { params: { ClusterId: string; GroupName: string; CascadeDelete?: string | undefined; }; response: DeleteGroupResponseBody };
  DeleteResource: { params: { ClusterId: string; ResourceId: string; }; response: DeleteResourceResponseBody };
  DeleteResourceDLink: { params: { ClusterId: string; ResourceId: string; }; response: DeleteResourceDLinkResponseBody };
  DeleteResourceInstanceLabel: { params: { ClusterId: string; ResourceId: string; AllInstances?: boolean | undefined; InstanceIds?: string[] | undefined; /** @deprecated by the contract */ Keys?: string[] | undefined; LabelKeys?: string[] | undefined; }; response: DeleteResourceInstanceLabelResponseBody };
  DeleteResourceInstances: { params: { ClusterId: string; ResourceId: string; AllFailed?: boolean | undefined; InstanceList?: string | undefined; }; response: DeleteResourceInstancesResponseBody };
  DeleteResourceLog: { params: { ClusterId: string; ResourceId: string; }; response: DeleteResourceLogResponseBody };
  DeleteService: { params: { ClusterId: string; ServiceName: string; }; response: DeleteServiceResponseBody };
  DeleteServiceAutoScaler: { params: { ClusterId: string; ServiceName: string; }; response: DeleteServiceAutoScalerResponseBody };
  DeleteServiceCronScaler: { params: { ClusterId: string; ServiceName: string; }; response: DeleteServiceCronScalerResponseBody };
  DeleteServiceInstances: { params: { ClusterId: string; ServiceName: string; Container?: string | undefined; InstanceList?: string | undefined; IsReplica?: boolean | undefined; SoftRestart?: boolean | undefined; }; response: DeleteServiceInstancesResponseBody };
  DeleteServiceLabel: { params: { ClusterId: string; ServiceName: string; /** @deprecated by the contract */ Keys?: string[] | undefined; LabelKeys?: string[] | undefined; }; response: DeleteServiceLabelResponseBody };
  DeleteServiceMirror: { params: { ClusterId: string; ServiceName: string; }; response: DeleteServiceMirrorResponseBody };
  DeleteServiceRollout: { params: { ClusterId: string; ServiceName: string; }; response: DeleteServiceRolloutResponseBody };
  DeleteVirtualResource: { params: { ClusterId: string; VirtualResourceId: string; }; response: DeleteVirtualResourceResponseBody };
  DescribeArtifact: { params: { ClusterId: string; ArtifactName: string; }; response: Artifact };
  DescribeBenchmarkTask: { params: { ClusterId: string; TaskName: string; }; response: DescribeBenchmarkTaskResponseBody };
  DescribeBenchmarkTaskReport: { params: { ClusterId: string; TaskName: string; ReportType?: string | undefined; }; response: DescribeBenchmarkTaskReportResponseBody };
  DescribeGateway: { params: { ClusterId: string; GatewayId: string; }; response: DescribeGatewayResponseBody };
  DescribeGroup: { params: { ClusterId: string; GroupName: string; }; response: Group };
  DescribeGroupEndpoints: { params: { ClusterId: string; GroupName: string; }; response: DescribeGroupEndpointsResponseBody };
  DescribeMachineSpec: { params: { ChargeType?: string | undefined; /** @deprecated by the contract */ InstanceTypes?: string[] | undefined; ResourceType?: string | undefined; }; response: DescribeMachineSpecResponseBody };
  DescribeRegions: { params: Record<string, never>; response: DescribeRegionsResponseBody };
  DescribeResource: { params: { ClusterId: string; ResourceId: string; }; response: DescribeResourceResponseBody };
  DescribeResourceDLink: { params: { ClusterId: string; ResourceId: string; }; response: DescribeResourceDLinkResponseBody };
  DescribeResourceLog: { params: { ClusterId: string; ResourceId: string; }; response: DescribeResourceLogResponseBody };
  DescribeService: { params: { ClusterId: string; ServiceName: string; }; response: Service };
  DescribeServiceAutoScaler: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceAutoScalerResponseBody };
  DescribeServiceCronScaler: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceCronScalerResponseBody };
  DescribeServiceDiagnosis: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceDiagnosisResponseBody };
  DescribeServiceEndpoints: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceEndpointsResponseBody };
  DescribeServiceEvent: { params: { ClusterId: string; ServiceName: string; EndTime?: string | undefined; EventType?: "Normal" | "Warning" | (string & {}) | undefined; InstanceName?: string | undefined; PageNum?: string | undefined; PageSize?: string | undefined; StartTime?: string | undefined; }; response: DescribeServiceEventResponseBody };
  DescribeServiceInstanceDiagnosis: { params: { ClusterId: string; ServiceName: string; InstanceName: string; }; response: DescribeServiceInstanceDiagnosisResponseBody };
  DescribeServiceLog: { params: { ClusterId: string; ServiceName: string; ContainerName?: string | undefined; EndTime?: string | undefined; InstanceName?: string | undefined; Ip?: string | undefined; Keyword?: string | undefined; PageNum?: number | undefined; PageSize?: number | undefined; Previous?: boolean | undefined; StartTime?: string | undefined; }; response: DescribeServiceLogResponseBody };
  DescribeServiceMirror: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceMirrorResponseBody };
  DescribeServiceRollout: { params: { ClusterId: string; ServiceName: string; }; response: DescribeServiceRolloutResponseBody };
  DescribeServiceSignedUrl: { params: { ClusterId: string; ServiceName: string; Expire?: number | undefined; Internal?: boolean | undefined; Type?: string | undefined; }; response: DescribeServiceSignedUrlResponseBody };
  DescribeSpotDiscountHistory: { params: { InstanceType: string; IsProtect?: boolean | undefined; }; response: DescribeSpotDiscountHistoryResponseBody };
  DescribeVirtualResource: { params: { ClusterId: string; VirtualResourceId: string; }; response: DescribeVirtualResourceResponseBody };
  DetachGatewayDomain: { params: { ClusterId: string; GatewayId: string; CustomDomain: DetachGatewayDomainRequestCustomDomain; }; response: DetachGatewayDomainResponseBody };
  DevelopService: { params: { ClusterId: string; ServiceName: string; Exit?: string | undefined; }; response: DevelopServiceResponseBody };
  ListAclPolicy: { params: { ClusterId: string; GatewayId: string; VpcId?: string | undefined; }; response: ListAclPolicyResponseBody };
  ListBenchmarkTask: { params: { Filter?: string | undefined; ModelId?: string | undefined; Order?: string | undefined; PageNumber?: string | undefined; PageSize?: string | undefined; RequestMethod?: string | undefined; ServiceName?: string | undefined; Sort?: string | undefined; Status?: string | undefined; }; response: ListBenchmarkTaskResponseBody };
  ListConfigs: { params: { ClusterId: string; ConfigType: string; Name: string; Page?: number | undefined; PageSize?: number | undefined; }; response: ListConfigsResponseBody };
  ListGateway: { params: { ChargeType?: string | undefined; GatewayId?: string | undefined; GatewayName?: string | undefined; GatewayType?: string | undefined; InternetEnabled?: boolean | undefined; Label?: Record<string, string> | undefined; Order?: string | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; ResourceName?: string | undefined; Sort?: string | undefined; Status?: string | undefined; }; response: ListGatewayResponseBody };
  ListGatewayDomains: { params: { ClusterId: string; GatewayId: string; }; response: ListGatewayDomainsResponseBody };
  ListGatewayIntranetLinkedVpc: { params: { ClusterId: string; GatewayId: string; }; response: ListGatewayIntranetLinkedVpcResponseBody };
  ListGatewayIntranetLinkedVpcPeer: { params: { ClusterId: string; GatewayId: string; VpcId?: string | undefined; }; response: ListGatewayIntranetLinkedVpcPeerResponseBody };
  ListGatewayIntranetSupportedZone: { params: { ClusterId: string; GatewayId: string; }; response: ListGatewayIntranetSupportedZoneResponseBody };
  ListGroups: { params: { Filter?: string | undefined; Labels?: Record<string, string> | undefined; Order?: string | undefined; PageNumber?: string | undefined; PageSize?: string | undefined; Sort?: string | undefined; TrafficMode?: string | undefined; WorkspaceId?: string | undefined; }; response: ListGroupsResponseBody };
  ListResourceInstanceWorker: { params: { ClusterId: string; ResourceId: string; InstanceName: string; Order?: string | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; Ready?: boolean | undefined; ServiceName?: string | undefined; Sort?: string | undefined; Status?: string | undefined; WorkerName?: string | undefined; }; response: ListResourceInstanceWorkerResponseBody };
  ListResourceInstances: { params: { ClusterId: string; ResourceId: string; ChargeType?: "PrePaid" | "PostPaid" | (string & {}) | undefined; Filter?: string | undefined; InstanceIP?: string | undefined; InstanceId?: string | undefined; InstanceName?: string | undefined; InstanceStatus?: string | undefined; Label?: Record<string, string> | undefined; Order?: string | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; Sort?: string | undefined; Zone?: string | undefined; }; response: ListResourceInstancesResponseBody };
  ListResourceServices: { params: { ClusterId: string; ResourceId: string; PageNumber?: number | undefined; PageSize?: number | undefined; }; response: ListResourceServicesResponseBody };
  ListResources: { params: { Order?: "Desc" | "Asc" | (string & {}) | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; ResourceId?: string | undefined; ResourceName?: string | undefined; ResourceStatus?: string | undefined; ResourceType?: "Dedicated" | "SelfManaged" | (string & {}) | undefined; Sort?: string | undefined; UsageMode?: string | undefined; }; response: ListResourcesResponseBody };
  ListServiceContainers: { params: { ClusterId: string; ServiceName: string; InstanceName: string; }; response: ListServiceContainersResponseBody };
  ListServiceInstanceFaultInjectionInfo: { params: { ClusterId: string; ServiceName: string; InstanceName: string; }; response: ListServiceInstanceFaultInjectionInfoResponseBody };
  ListServiceInstances: { params: { ClusterId: string; ServiceName: string; Filter?: string | undefined; HostIP?: string | undefined; InstanceIP?: string | undefined; InstanceName?: string | undefined; InstanceStatus?: string | undefined; InstanceType?: string | undefined; IsSpot?: boolean | undefined; ListReplica?: boolean | undefined; MemberType?: string | undefined; Order?: string | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; QuotaId?: string | undefined; ReplicaName?: string | undefined; Resource?: string | undefined; ResourceType?: string | undefined; Role?: string | undefined; Sort?: string | undefined; }; response: ListServiceInstancesResponseBody };
  ListServiceVersions: { params: { ClusterId: string; ServiceName: string; PageNumber?: number | undefined; PageSize?: number | undefined; }; response: ListServiceVersionsResponseBody };
  ListServices: { params: { Accessibility?: string | undefined; AutoscalerEnabled?: boolean | undefined; CallerUid?: string | undefined; CronscalerEnabled?: boolean | undefined; Filter?: string | undefined; Gateway?: string | undefined; GroupName?: string | undefined; IncludeNoWorkspace?: boolean | undefined; Label?: Record<string, string> | undefined; Order?: "desc" | "asc" | (string & {}) | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; ParentServiceUid?: string | undefined; QuotaId?: string | undefined; ResourceAliasName?: string | undefined; ResourceBurstable?: boolean | undefined; ResourceId?: string | undefined; /** @deprecated by the contract */ ResourceName?: string | undefined; ResourceType?: "PublicResource" | "DedicatedResource" | "Lingjun" | "SelfManagedLingjun" | (string & {}) | undefined; Role?: string | undefined; ServiceName?: string | undefined; ServiceStatus?: string | undefined; ServiceType?: "Async" | "Standard" | "Queue" | "LLM" | "RAG" | "Serverless" | "LLMGatewayService" | "OfflineTask" | "SDCluster" | "ScalableJob" | "ScalableJobService" | "AssistantJob" | (string & {}) | undefined; ServiceUid?: string | undefined; Sort?: string | undefined; TrafficState?: string | undefined; WorkspaceId?: string | undefined; }; response: ListServicesResponseBody };
  ListTenantAddons: { params: Record<string, never>; response: ListTenantAddonsResponseBody };
  ListVirtualResource: { params: { Order?: "Desc" | "Asc" | (string & {}) | undefined; PageNumber?: number | undefined; PageSize?: number | undefined; Sort?: string | undefined; VirtualResourceId?: string | undefined; VirtualResourceName?: string | undefined; }; response: ListVirtualResourceResponseBody };
  MigrateResourceInstance: { params: { ClusterId: string; ResourceId: string; DestResourceId: string; InstanceIds: string[]; MigrateToHybrid?: boolean | undefined; }; response: MigrateResourceInstanceResponseBody };
  ReinstallTenantAddon: { params: { ClusterId: string; TenantAddonName: string; }; response: ReinstallTenantAddonResponseBody };
  ReleaseService: { params: { ClusterId: string; ServiceName: string; TrafficState?: string | undefined; Weight?: number | undefined; }; response: ReleaseServiceResponseBody };
  RestartService: { params: { ClusterId: string; ServiceName: string; }; response: RestartServiceResponseBody };
  ScaleService: { params: { ClusterId: string; ServiceName: string; Instance: number; InstancesToDelete?: string[] | undefined; }; response: ScaleServiceResponseBody };
  StartBenchmarkTask: { params: { ClusterId: string; TaskName: string; }; response: StartBenchmarkTaskResponseBody };
  StartService: { params: { ClusterId: string; ServiceName: string; }; response: StartServiceResponseBody };
  StopBenchmarkTask: { params: { ClusterId: string; TaskName: string; }; response: StopBenchmarkTaskResponseBody };
  StopService: { params: { ClusterId: string; ServiceName: string; }; response: StopServiceResponseBody };
  UpdateAppService: { params: { ClusterId: string; ServiceName: string; QuotaId?: string | undefined; WorkspaceId?: string | undefined; AppType?: string | undefined; AppVersion?: string | undefined; Config?: Record<string, unknown> | undefined; Replicas?: number | undefined; ServiceSpec?: string | undefined; }; response: UpdateAppServiceResponseBody };
  UpdateBenchmarkTask: { params: { ClusterId: string; TaskName: string; body: string; }; response: UpdateBenchmarkTaskResponseBody };
  UpdateConfig: { params: { ClusterId: string; ConfigType: string; Name: string; ConfigKey: string; Value: string; }; response: UpdateConfigResponseBody };
  UpdateGateway: { params: { ClusterId: string; GatewayId: string; EnableInternet?: boolean | undefined; EnableIntranet?: boolean | undefined; EnableSSLRedirection?: boolean | undefined; InstanceType?: string | undefined; IsDefault?: boolean | undefined; Name?: string | undefined; Replicas?: number | undefined; VSwitchIds?: string[] | undefined; VpcId?: string | undefined; }; response: UpdateGatewayResponseBody };
  UpdateGatewayLabel: { params: { ClusterId: string; GatewayId: string; Labels: Record<string, string>; }; response: UpdateGatewayLabelResponseBody };
  UpdateGroup: { params: { ClusterId: string; GroupName: string; Labels?: Record<string, string> | undefined; Network?: UpdateGroupRequestNetwork | undefined; TrafficMode?: "auto" | "customized" | (string & {}) | undefined; }; response: UpdateGroupResponseBody };
  UpdateResource: { params: { ClusterId: string; ResourceId: string; ResourceName?: string | undefined; SelfManagedResourceOptions?: UpdateResourceRequestSelfManagedResourceOptions | undefined; }; response: UpdateResourceResponseBody };
  UpdateResourceDLink: { params: { ClusterId: string; ResourceId: string; DestinationCIDRs?: string | undefined; SecurityGroupId: string; VSwitchId: string; VSwitchIdList?: string[] | undefined; }; response: UpdateResourceDLinkResponseBody };
  UpdateResourceInstance: { params: { ClusterId: string; ResourceId: string; InstanceId: string; Action: "Uncordon" | "Cordon" | "Drain" | (string & {}); NewDiskSize?: string | undefined; Reason?: string | undefined; }; response: UpdateResourceInstanceResponseBody };
  UpdateResourceInstanceLabel: { params: { ClusterId: string; ResourceId: string; AllInstances?: boolean | undefined; InstanceIds?: string[] | undefined; Labels?: Record<string, string> | undefined; }; response: UpdateResourceInstanceLabelResponseBody };
  UpdateService: { params: { ClusterId: string; ServiceName: string; MemberToUpdate?: string | undefined; UpdateType?: string | undefined; body: string; }; response: UpdateServiceResponseBody };
  UpdateServiceAutoScaler: { params: { ClusterId: string; ServiceName: string; behavior?: UpdateServiceAutoScalerRequestBehavior | undefined; max: number; min: number; scaleStrategies: UpdateServiceAutoScalerRequestScaleStrategies[]; }; response: UpdateServiceAutoScalerResponseBody };
  UpdateServiceCronScaler: { params: { ClusterId: string; ServiceName: string; ExcludeDates?: string[] | undefined; ScaleJobs: UpdateServiceCronScalerRequestScaleJobs[]; }; response: UpdateServiceCronScalerResponseBody };
  UpdateServiceInstance: { params: { ClusterId: string; ServiceName: string; InstanceName: string; IsReplica?: boolean | undefined; Detach?: boolean | undefined; Hibernate?: boolean | undefined; Isolate?: boolean | undefined; }; response: UpdateServiceInstanceResponseBody };
  UpdateServiceLabel: { params: { ClusterId: string; ServiceName: string; Labels: Record<string, string>; }; response: UpdateServiceLabelResponseBody };
  UpdateServiceMirror: { params: { ClusterId: string; ServiceName: string; Ratio?: number | undefined; Target?: string[] | undefined; }; response: UpdateServiceMirrorResponseBody };
  UpdateServiceRollout: { params: { ClusterId: string; ServiceName: string; Batch?: UpdateServiceRolloutRequestBatch | undefined; Partition?: UpdateServiceRolloutRequestPartition | undefined; Paused?: boolean | undefined; }; response: UpdateServiceRolloutResponseBody };
  UpdateServiceSafetyLock: { params: { ClusterId: string; ServiceName: string; Lock: string; }; response: UpdateServiceSafetyLockResponseBody };
  UpdateServiceVersion: { params: { ClusterId: string; ServiceName: string; Version: number; }; response: UpdateServiceVersionResponseBody };
  UpdateVirtualResource: { params: { ClusterId: string; VirtualResourceId: string; DisableSpotProtectionPeriod?: boolean | undefined; Resources?: UpdateVirtualResourceRequestResources[] | undefined; VirtualResourceName?: string | undefined; }; response: UpdateVirtualResourceResponseBody };
}

export type OperationName = keyof Operations;
