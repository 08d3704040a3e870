namespace Mail.Security.Delivery;

/// <summary>What is to be done about a recipient after an attempt.</summary>
public enum Disposition : byte
{
    /// <summary>Not delivered, and worth another attempt.</summary>
    Transient = 0,

    /// <summary>Not delivered, and another attempt would come to the same.</summary>
    Permanent,

    /// <summary>The remote host took responsibility (RFC 5321 §4.2.5).</summary>
    Delivered,
}
