namespace Mail.Security.Testing;

/// <summary>A way in which <see cref="SignedDnsServer"/> departs from a right answer. A closed set of cases.</summary>
public abstract record SignedAnswerFault
{
    private SignedAnswerFault()
    {
    }

    /// <summary>Signatures are left out.</summary>
    /// <param name="Covered">Those of which type; <see cref="DnsRecordType.None"/> for all.</param>
    public sealed record MissingSignatures(DnsRecordType Covered = DnsRecordType.None) : SignedAnswerFault;

    /// <summary>Records are left out, with their signatures.</summary>
    /// <param name="Type">Of which type.</param>
    public sealed record MissingRecords(DnsRecordType Type) : SignedAnswerFault;

    /// <summary>Signatures and denials are left out, as by a server that knows no DNSSEC.</summary>
    public sealed record Stripped : SignedAnswerFault;

    /// <summary>One bit of each signature is another.</summary>
    /// <param name="Covered">Those of which type; <see cref="DnsRecordType.None"/> for all.</param>
    public sealed record CorruptSignatures(DnsRecordType Covered = DnsRecordType.None) : SignedAnswerFault;

    /// <summary>Signatures are made anew, otherwise than the zone would.</summary>
    /// <param name="Change">How.</param>
    /// <param name="Covered">Those of which type; <see cref="DnsRecordType.None"/> for all.</param>
    public sealed record Resigned(SignatureChange Change, DnsRecordType Covered = DnsRecordType.None) : SignedAnswerFault;

    /// <summary>Records are changed and signed anew by the zone: a zone that holds something else.</summary>
    /// <param name="Change">Gives another record in place of each that is no signature; null takes it away.</param>
    public sealed record Edited(Func<SignedDnsRecord, SignedDnsRecord?> Change) : SignedAnswerFault;

    /// <summary>The answer is any other, as it is: nothing is signed anew.</summary>
    /// <param name="Change">Gives it.</param>
    public sealed record Rewritten(Func<SignedDnsAnswer, SignedDnsAnswer> Change) : SignedAnswerFault;

    /// <summary>Every record has another time to live; signatures keep the original one.</summary>
    /// <param name="Ttl">The time.</param>
    public sealed record OtherTtl(TimeSpan Ttl) : SignedAnswerFault;

    /// <summary>The records of each section come in another order.</summary>
    /// <param name="Seed">Which.</param>
    public sealed record Shuffled(int Seed) : SignedAnswerFault;

    /// <summary>Owners, and names in record data that are compared without case, are in upper case.</summary>
    public sealed record OtherCase : SignedAnswerFault;

    /// <summary>Every record comes twice.</summary>
    public sealed record Duplicated : SignedAnswerFault;

    /// <summary>The authority section is that of the answer to another question, signatures included: a denial replayed.</summary>
    /// <param name="Name">The name in the other question.</param>
    /// <param name="Type">The type in the other question.</param>
    public sealed record DenialOf(string Name, DnsRecordType Type) : SignedAnswerFault;

    /// <summary>The whole answer is that to another question.</summary>
    /// <param name="Name">The name in the other question.</param>
    /// <param name="Type">The type in the other question.</param>
    public sealed record AnswerOf(string Name, DnsRecordType Type) : SignedAnswerFault;
}
