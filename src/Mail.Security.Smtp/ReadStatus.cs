namespace Mail.Security.Smtp;

/// <summary>What a reader of one wire element found.</summary>
public enum ReadStatus : byte
{
    /// <summary>The element is not complete yet. Nothing was consumed: call again with the same bytes and more.</summary>
    NeedMoreData = 0,

    /// <summary>The element was read and consumed.</summary>
    Complete = 1,

    /// <summary>The bytes can never become this element; the fault says why. Nothing was consumed.</summary>
    Invalid = 2,
}
