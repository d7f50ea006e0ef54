namespace KubeProxyNext.Cluster.Problems;

/// <summary>Why something that a source sent is left out.</summary>
internal enum ProblemReason
{
    /// <summary>Its bytes or its values do not make an object of its kind.</summary>
    Undecodable,

    /// <summary>Without a name, or without the namespace that it needs.</summary>
    MissingName,

    MissingAddress,
    BadAddress,

    /// <summary>An address that no Service can stand at: unspecified, loopback or multicast.</summary>
    SpecialAddress,

    /// <summary>An address of the other IP family than was declared.</summary>
    WrongFamily,

    MissingPort,
    BadPort,
    MissingPortName,
    BadProtocol,

    /// <summary>An <c>addressType</c> other than IPv4 and IPv6.</summary>
    BadAddressType,

    /// <summary>More bytes than an object may have.</summary>
    TooLarge,

    /// <summary>A text with more characters than it may have.</summary>
    TooLong,

    /// <summary>A list with more entries than it may have.</summary>
    TooMany,

    /// <summary>There is more wrong with the object than is said.</summary>
    MoreProblems,

    /// <summary>A word, number or time that the API does not know there.</summary>
    BadValue,
}
