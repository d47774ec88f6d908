namespace HiEndMae.Mlflow.Tests;

/// <summary>Variables and files that MLflow's Python client reads.</summary>
public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("[mlflow]\nmlflow_tracking_username = ann\nmlflow_tracking_password: s3=cret\n", "ann:s3=cret")]
    [InlineData("[mlflow]\nmlflow_tracking_username = ann\nmlflow_tracking_password = 50%%%%x%%\n", "ann:50%%x%")] // as Python's configparser reads it
    [InlineData("# a comment\n[other]\nmlflow_tracking_username = eve\n[mlflow]\nMLFLOW_TRACKING_USERNAME=ann\nmlflow_tracking_password=x\n", "ann:x")]
    [InlineData("[mlflow]\nmlflow_tracking_username = ann\n", null)] // a name alone opens nothing
    [InlineData("mlflow_tracking_username = ann\nmlflow_tracking_password = x\n", null)] // outside the section
    public void Credentials_come_from_the_file_in_the_home_folder(string content, string? expected)
    {
        using var home = new TempFolder();
        Directory.CreateDirectory(home[".mlflow"]);
        home.File(".mlflow/credentials", content);
        Assert.Equal(expected, Opened(name => name == "HOME" ? home.Path : null));
    }

    [Fact]
    public void The_environment_precedes_the_file_and_a_password_precedes_a_token()
    {
        using var home = new TempFolder();
        Directory.CreateDirectory(home[".mlflow"]);
        home.File(".mlflow/credentials", "[mlflow]\nmlflow_tracking_username = ann\nmlflow_tracking_password = file\n");
        var variables = new Dictionary<string, string> { ["HOME"] = home.Path, ["MLFLOW_TRACKING_PASSWORD"] = "environment", ["MLFLOW_TRACKING_TOKEN"] = "token" };
        Assert.Equal("ann:environment", Opened(variables.GetValueOrDefault));
        variables["HOME"] = home["nowhere"];
        Assert.Equal("Bearer token", TrackingServer.Of("http://x", variables.GetValueOrDefault).Credentials!.ToString());
    }

    [Fact]
    public void Timeouts_come_from_the_variables_of_the_Python_client()
    {
        Assert.Equal(TimeSpan.FromSeconds(120), MlflowClientOptions.Of(_ => null).AttemptTimeout);
        MlflowClientOptions options = MlflowClientOptions.Of(name => name switch
        {
            "MLFLOW_HTTP_REQUEST_TIMEOUT" => "7",
            "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT" => "900",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES" => "2",
            "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR" => "3",
            _ => null,
        });
        Assert.Equal((7.0, 900.0, 2, 3.0), (options.AttemptTimeout.TotalSeconds, options.TransferTimeout!.Value.TotalSeconds, options.MaxRetries, options.RetryDelay.TotalSeconds));
        Assert.Contains("MLFLOW_HTTP_REQUEST_TIMEOUT is 'soon'", Assert.Throws<TrackingException>(() => MlflowClientOptions.Of(_ => "soon")).Message);
    }

    [Theory]
    [InlineData("databricks", "Databricks workspace")]
    [InlineData("databricks://profile", "Databricks workspace")]
    [InlineData("azureml://westeurope.api.azureml.ms/mlflow", "Azure ML workspace")]
    [InlineData("file:///data/mlruns", "sqlite:///FILE for a local database")]
    [InlineData("postgresql://eve:s3cret@host/db", "mlflow server")]
    [InlineData("mysql+pymysql://eve:s3cret@host/db", "mlflow server")]
    [InlineData("sqlite:///", "names no file")]
    [InlineData("localhost:5000", "must begin with http://")]
    [InlineData("http://a b", "is not a valid URL; write http://HOST:PORT")]
    [InlineData("http://host:port", "is not a valid URL; write http://HOST:PORT")]
    [InlineData("https://h:99999", "is not a valid URL; write http://HOST:PORT")]
    public void The_error_for_an_unsupported_address_names_supported_ones(string address, string remedy)
    {
        string message = Assert.Throws<TrackingException>(() => TrackingTarget.Parse(address, "runs", _ => null)).Message;
        Assert.Contains(remedy, message);
        Assert.DoesNotContain("s3cret", message);
        Assert.Contains("(MLFLOW_TRACKING_URI)", Assert.Throws<TrackingException>(() => TrackingTarget.Parse("", "runs", _ => address)).Message);
    }

    [Fact]
    public void A_run_has_a_user_even_if_no_variable_names_one()
    {
        Assert.Equal(Environment.UserName, User());
        Assert.Equal("ann", User(("USER", "eve"), ("LOGNAME", "ann"))); // Python's order
        Assert.Equal("eve", User(("USER", "eve"), ("USERNAME", "x")));

        static string? User(params (string Name, string Value)[] variables)
        {
            using var fixture = new LocalStoreFixture();
            using var store = new LocalTrackingStore(fixture.Folder.Path, name => variables.FirstOrDefault(one => one.Name == name).Value, TimeProvider.System);
            store.CreateRun("0", "run", null, SessionFixture.NoTags);
            return Query.Rows(fixture.Folder["mlflow.db"], "SELECT value FROM tags WHERE key = 'mlflow.user'").SingleOrDefault();
        }
    }

    [Fact]
    public void A_run_directory_s_server_gets_the_credentials_in_the_variable_of_the_address()
    {
        const string Stored = "http://host:5000/base";
        Assert.Equal("user:p w", Credentials("http://user:p%20w@host:5000/base/"));
        Assert.Null(Credentials("http://user:p%20w@other:5000/base"));
        Assert.Null(Credentials("http://user:p%20w@host:5000"));
        Assert.Null(Credentials("https://user:p%20w@host:5000/base"));
        Assert.Null(Credentials("sqlite:////data/mlflow.db"));
        Assert.Null(Credentials("not an address"));

        static string? Credentials(string variable)
        {
            TrackingServer server = TrackingTarget.FromRelative(Stored, "runs/one", name => name == "MLFLOW_TRACKING_URI" ? variable : null).Server!;
            Assert.Equal(Stored, server.ToString());
            return server.Credentials is { Parameter: { } text } ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
        }
    }

    private static string? Opened(Func<string, string?> variables) => TrackingServer.Of("http://x", variables).Credentials is { Scheme: "Basic", Parameter: { } text }
        ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text))
        : null;
}
