namespace Mail.Security.Transports;

/// <summary>What became of a conversion.</summary>
public abstract record ContentConversion
{
    private protected ContentConversion()
    {
    }

    /// <summary>The content in the form that was asked for.</summary>
    /// <param name="Content">The content; the receiver disposes of it where it is <see cref="IAsyncDisposable"/>.</param>
    public sealed record Converted(MessageContent Content) : ContentConversion;

    /// <summary>The content cannot be converted without breaking it.</summary>
    /// <param name="Reason">Why, in one line of ASCII; told to the sender.</param>
    public sealed record NotPossible(string Reason) : ContentConversion;
}
