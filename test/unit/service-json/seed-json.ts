/**
 * The JSON texts of the eascmd reference, with what eascmd or the API prints around them taken away. They are kept here
 * as they stand there, so that the tests need nothing outside of the repository.
 */
export const createExample = `{ "name": "mnist_saved_model_example", "generate_token": "true", "model_path": "http://eas-data.oss-cn-shanghai.aliyuncs.com/models%2Fmnist_saved_model.tar.gz", "processor": "tensorflow_cpu", "metadata": { "instance": 1, "cpu": 1 } }`;

export const ossFragment = `{ "model_path":"oss://wowei-beijing-tiyan/alink/", "oss_endpoint":"oss-cn-beijing.aliyuncs.com", }`;

export const describedConfig = `{ "generate_token": "false", "metadata": { "cpu": 1, "instance": 1, "region": "cn-shanghai" }, "model_path": "http://eas-data.oss-cn-shanghai.aliyuncs.com/models%2Fmnist_saved_model.tar.gz", "name": "mnist_saved_model_example", "processor": "tensorflow_cpu" }`;

export const networkConfig = `{ "Action":"create", "VSwitchId": "vsw-8vbsunr5bkcbyxh94****", "SecurityGroupId": "sg-8vbhwowdxzx5fjcx****", "VSwitchIdList": ["vsw-8xbsunr5abcbyqh93****", "vsw-8xbs1y7gu6cxbvqzw****"], "DestinationCIDR": "192.XX.XX.XX/16" }`;
