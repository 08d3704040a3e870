namespace Mail.Security.Transports;

/// <summary>Makes content that a server can be sent out of content that it cannot: 7-bit lines where 8BITMIME is missing, lines where BINARYMIME is (RFC 6152 §3, RFC 3030 §3).</summary>
/// <remarks>
/// The seam behind which MIME is understood. A converter changes the encoding of parts and nothing they mean, and refuses what it would break:
/// anything signed. Calls come from many threads.
/// </remarks>
public abstract class ContentConverter
{
    /// <summary>Converts a content.</summary>
    /// <param name="content">The content; read once, and not changed.</param>
    /// <param name="form">What it must be afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see cref="ContentConversion.Converted"/>, or <see cref="ContentConversion.NotPossible"/> and why.</returns>
    public abstract ValueTask<ContentConversion> ConvertAsync(MessageContent content, ContentForm form, CancellationToken cancellationToken = default);
}
