using Mail.Security;

var path = MailPath.Parse("user@bücher.example");
Console.WriteLine($"{path.Domain.Ascii} {new EnhancedStatus(5, 7, 30)}");
return path.Domain.Ascii == "xn--bcher-kva.example" ? 0 : 1;
