namespace Mail.Security.Sasl;

/// <summary>What a store knows of a user.</summary>
/// <typeparam name="T">What is stored.</typeparam>
public abstract record SaslLookup<T>
    where T : notnull
{
    private protected SaslLookup()
    {
    }

    /// <summary>It is stored.</summary>
    public sealed record Found : SaslLookup<T>
    {
        private readonly T _value;

        /// <summary>Wraps what is stored.</summary>
        /// <param name="value">What is stored.</param>
        public Found(T value) => _value = value ?? throw new ArgumentNullException(nameof(value));

        /// <summary>Gives what is stored. A method, so that no text made of this record shows it.</summary>
        /// <returns>What is stored.</returns>
        public T Read() => _value;
    }

    /// <summary>There is no such user, or nothing of this kind is stored for them.</summary>
    /// <param name="NameSought">
    /// The name under which the store looked, when that is not the one it was asked for, as in a store that ignores case; null (the default) when it is. A user who exists has one
    /// salt under all spellings of the name, and so must one who does not: give this, or two spellings tell who exists.
    /// </param>
    public sealed record NotFound(string? NameSought = null) : SaslLookup<T>;

    /// <summary>The store cannot say just now.</summary>
    public sealed record Unavailable : SaslLookup<T>;
}
