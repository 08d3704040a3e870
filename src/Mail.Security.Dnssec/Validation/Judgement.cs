using System.Collections.Immutable;

namespace Mail.Security.Dnssec;

/// <summary>What a validation says of one message as the answer to its question.</summary>
internal abstract record Judgement
{
    /// <summary>The answer may be used.</summary>
    internal sealed record Judged : Judgement
    {
        /// <summary>The least security among all that was used.</summary>
        public required DnsSecurity Security { get; init; }

        /// <summary>How long it may be kept at most, in seconds.</summary>
        public uint Ttl { get; init; } = uint.MaxValue;

        /// <summary>How it was proven.</summary>
        public ImmutableArray<DnssecLink> Chain { get; init; } = [];

        /// <summary>Why it is insecure, where that is more than an unsigned zone.</summary>
        public ExtendedDnsError? Note { get; init; }

        /// <summary>The absence that was proven, where it is another than the response code says.</summary>
        public DnsAbsence? Absence { get; init; }
    }

    /// <summary>It must not be used.</summary>
    internal sealed record Refused(DnsFailure Reason, ExtendedDnsError? Error, string Detail, ImmutableArray<DnssecLink> Chain) : Judgement
    {
        /// <summary>The zone whose keys were refused, whatever this message says; null where the message is at fault.</summary>
        public ZoneState.Refused? Zone { get; init; }
    }
}
