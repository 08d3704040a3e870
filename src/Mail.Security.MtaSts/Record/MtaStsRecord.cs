namespace Mail.Security.MtaSts;

/// <summary>The TXT record by which a domain says that it has an MTA-STS policy, and which version of it is current (RFC 8461 §3.1).</summary>
/// <param name="Id">The version of the policy: 1 to 32 ASCII letters and digits. Only equality means anything; versions have no order.</param>
public sealed record MtaStsRecord(string Id)
{
    /// <summary>The label below which the record lives: the owner name is <c>_mta-sts.</c> and the policy domain (RFC 8461 §3.1).</summary>
    public const string Label = "_mta-sts";

    /// <summary>Reads one TXT record, its character-strings already joined.</summary>
    /// <param name="text">The text of the record.</param>
    /// <returns>
    /// <see cref="MtaStsRecordResult.Found"/>, <see cref="MtaStsRecordResult.Absent"/> when the text does not begin as an MTA-STS
    /// record of this version, or <see cref="MtaStsRecordResult.Invalid"/> when it begins so and then breaks the grammar.
    /// </returns>
    public static MtaStsRecordResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return MtaStsRecordReader.Read(text);
    }

    /// <summary>Chooses the one record that counts among every TXT record of the name (RFC 8461 §3.1).</summary>
    /// <param name="texts">All TXT records at the name, each with its character-strings joined.</param>
    /// <returns>
    /// The only MTA-STS record; <see cref="MtaStsRecordResult.Absent"/> when there is none; <see cref="MtaStsRecordResult.Several"/>
    /// when there is more than one, even if they are equal; <see cref="MtaStsRecordResult.Invalid"/> when the only one is malformed.
    /// </returns>
    public static MtaStsRecordResult Select(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        MtaStsRecordResult chosen = new MtaStsRecordResult.Absent();
        foreach (var text in texts)
        {
            var read = Parse(text);
            if (read is MtaStsRecordResult.Absent)
                continue;
            // RFC 8461 §3.1: "If the number of resulting records is not one", there is no policy.
            if (chosen is not MtaStsRecordResult.Absent)
                return new MtaStsRecordResult.Several();
            chosen = read;
        }
        return chosen;
    }

    /// <summary>The record as it is published.</summary>
    public override string ToString() => $"v=STSv1; id={Id};";
}
