namespace HiEndMae.Mlflow;

/// <summary>Checks tracking addresses and says what to use instead of one that is not supported.</summary>
internal static class TrackingAddress
{
    private const string Sqlite = "sqlite:///";

    /// <summary>Returns the rest of a sentence that begins with "The tracking address 'X'" and says what is wrong and what to use instead; null if the address can be used.</summary>
    public static string? FaultOf(string address)
    {
        if (address.Any(char.IsControl)) return "holds a control character; remove it";
        if (address.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase)) return address.Length > Sqlite.Length ? null : "names no file; write sqlite:///FILE";
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0) return null;
        return address.Split(':')[0].ToLowerInvariant() switch
        {
            "http" or "https" => "is not a valid URL; write http://HOST:PORT, without spaces and with a port from 1 to 65535",
            "file" => "is a file store, which MLflow 3 no longer supports; write sqlite:///FILE for a local database",
            var scheme when scheme.Split('+')[0] is "postgresql" or "postgres" or "mysql" or "mssql" =>
                "is a database that only a tracking server can open; start 'mlflow server' with it and write the server's http:// address",
            "databricks" or "databricks-uc" or "uc" => "is a Databricks workspace, which this program cannot reach; write the http:// address of an MLflow server or sqlite:///FILE",
            "azureml" => "is an Azure ML workspace, which this program cannot reach; write the http:// address of an MLflow server or sqlite:///FILE",
            _ => "must begin with http://, https:// or sqlite:///",
        };
    }

    /// <summary>Removes credentials, so that a message can show the address. A mistyped address can contain a password too.</summary>
    public static string WithoutCredentials(string address) => address.Contains('@', StringComparison.Ordinal) ? "..." + address[(address.LastIndexOf('@') + 1)..] : address;
}
