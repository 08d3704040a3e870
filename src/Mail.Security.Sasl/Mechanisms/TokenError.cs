using System.Text.Json;

namespace Mail.Security.Sasl;

/// <summary>Reads what a server has against a token (RFC 7628 §3.2.2): the status, and the scope it wants. The rest is not for logs.</summary>
internal static class TokenError
{
    /// <summary>An error that does not say what it is.</summary>
    public const string Unknown = "the server refuses the token and gives no readable reason";

    private const int MaxLength = 200;

    public static string Read(ReadOnlySpan<byte> json)
    {
        var (status, scope) = (string.Empty, string.Empty);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var (isStatus, isScope) = (reader.ValueTextEquals("status"u8), reader.ValueTextEquals("scope"u8));
                reader.Read();
                if (isStatus)
                    status = Value(ref reader);
                else if (isScope)
                    scope = Value(ref reader);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)     // the second: a string that is no UTF-8
        {
            return Unknown;
        }
        return status.Length == 0 ? Unknown : scope.Length == 0 ? status : $"{status}, scope {scope}";
    }

    private static string Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => Printable(reader.GetString()!),
        JsonTokenType.Number => Printable(System.Text.Encoding.ASCII.GetString(reader.ValueSpan)),
        _ => string.Empty,
    };

    private static string Printable(string text) =>
        string.Create(Math.Min(text.Length, MaxLength), text, static (clean, source) =>
        {
            for (var at = 0; at < clean.Length; at++)
                clean[at] = source[at] is >= ' ' and <= '~' ? source[at] : '?';
        });
}
