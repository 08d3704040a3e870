namespace Mail.Security.Smtp;

/// <summary>What an extension may know of the connection.</summary>
/// <param name="Security">What protects it at this moment.</param>
public readonly record struct SmtpChannel(ChannelSecurity Security);
