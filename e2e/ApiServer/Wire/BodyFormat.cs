namespace KubeProxyNext.ApiServer.Wire;

internal enum BodyFormat
{
    Json,
    Protobuf,
}
