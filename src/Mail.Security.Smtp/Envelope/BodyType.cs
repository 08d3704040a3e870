namespace Mail.Security.Smtp;

/// <summary>What the sender declares of the content with BODY= (RFC 6152 §3, RFC 3030 §3).</summary>
public enum BodyType : byte
{
    /// <summary>7BIT, and the default: lines of ASCII.</summary>
    SevenBit = 0,

    /// <summary>8BITMIME: lines that may hold bytes above 127.</summary>
    EightBitMime = 1,

    /// <summary>BINARYMIME: any bytes, by BDAT only.</summary>
    BinaryMime = 2,
}
