namespace Mail.Security.Delivery;

/// <summary>The levels of routes, in the order in which they are asked.</summary>
public enum RouteLevel : byte
{
    /// <summary>The routes of the account that submitted the message.</summary>
    Account = 0,

    /// <summary>The routes of the domain of the reverse-path.</summary>
    Domain,

    /// <summary>The routes of everybody.</summary>
    Global,
}
