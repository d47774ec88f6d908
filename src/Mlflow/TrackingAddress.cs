namespace HiEndMae.Mlflow;

/// <summary>Which tracking addresses can be used, and what to do about the others.</summary>
internal static class TrackingAddress
{
    private const string Sqlite = "sqlite:///";

    /// <summary>What is wrong with an address and what to use in its place, to follow "The tracking address 'X' "; null where it can be used.</summary>
    public static string? FaultOf(string address)
    {
        if (address.Any(char.IsControl)) return "holds a control character; remove it";
        if (address.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase)) return address.Length > Sqlite.Length ? null : "names no file; write sqlite:///FILE";
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0) return null;
        return address.Split(':')[0].ToLowerInvariant() switch
        {
            "file" => "is a file store, which MLflow 3 has closed; write sqlite:///FILE for a local database",
            var scheme when scheme.Split('+')[0] is "postgresql" or "postgres" or "mysql" or "mssql" =>
                "is a database that only a tracking server opens; start 'mlflow server' with it and write the server's http:// address",
            "databricks" or "databricks-uc" or "uc" => "is a Databricks workspace, which this program cannot reach; write the http:// address of an MLflow server or sqlite:///FILE",
            "azureml" => "is an Azure ML workspace, which this program cannot reach; write the http:// address of an MLflow server or sqlite:///FILE",
            _ => "is neither http://..., https://... nor sqlite:///FILE",
        };
    }

    /// <summary>The address as a message may show it: a mistaken address can hold a password too.</summary>
    public static string WithoutCredentials(string address) => address.Contains('@', StringComparison.Ordinal) ? "..." + address[(address.LastIndexOf('@') + 1)..] : address;
}
