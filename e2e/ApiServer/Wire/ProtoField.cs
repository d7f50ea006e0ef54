namespace KubeProxyNext.ApiServer.Wire;

/// <summary>How a JSON value becomes a protobuf one.</summary>
internal enum ProtoKind
{
    Text,
    Number,
    Boolean,
    Message,

    /// <summary>An RFC 3339 text as <c>meta.v1.Time</c>.</summary>
    Time,

    /// <summary><c>util.intstr.IntOrString</c>.</summary>
    IntOrString,

    /// <summary>Any JSON as <c>meta.v1.FieldsV1</c>: its text, unread.</summary>
    RawJson,

    /// <summary>A text as <c>resource.Quantity</c>.</summary>
    Quantity,
}

/// <summary>How often a field is there.</summary>
internal enum ProtoPresence
{
    /// <summary>A plain field of the Go struct: written even where it is zero, as the real server does.</summary>
    Always,

    /// <summary>A pointer in the Go struct: written when set.</summary>
    Optional,

    Repeated,

    /// <summary>A map from text.</summary>
    Map,
}

/// <summary>One field of a message, with the name it has in JSON.</summary>
internal sealed record ProtoField(int Number, string Name, ProtoKind Kind, ProtoPresence Presence, ProtoMessage? Message = null);

/// <summary>A message: its fields by rising number.</summary>
internal sealed record ProtoMessage(params ProtoField[] Fields);
