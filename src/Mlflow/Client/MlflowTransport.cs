using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace HiEndMae.Mlflow;

/// <summary>Sends requests, again where that can help and does no harm, and turns failures into <see cref="TrackingException"/>.</summary>
internal sealed class MlflowTransport : IDisposable
{
    private const int LongestMessage = 400;
    private static readonly ResiliencePropertyKey<TimeSpan> AttemptTimeout = new("attempt-timeout");
    private readonly TrackingServer server;
    private readonly MlflowClientOptions options;
    private readonly HttpClient client;
    private readonly ResiliencePipeline<Answer> repeatable;
    private readonly ResiliencePipeline<Answer> once;

    public MlflowTransport(TrackingServer server, HttpMessageHandler handler, MlflowClientOptions options, TimeProvider clock)
    {
        this.server = server;
        this.options = options;
        // The pipeline keeps the time.
        client = new HttpClient(handler) { BaseAddress = server.Address, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 256 << 20 };
        client.DefaultRequestHeaders.Authorization = server.Credentials;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hiendmae", typeof(MlflowTransport).Assembly.GetName().Version?.ToString(3) ?? "0"));
        // One breaker for both: whether the server is well does not depend on what is asked.
        var attempt = new ResiliencePipelineBuilder<Answer> { TimeProvider = clock };
        if (options.FailuresToBreak > 0)
        {
            attempt.AddCircuitBreaker(new CircuitBreakerStrategyOptions<Answer>
            {
                FailureRatio = 1,
                MinimumThroughput = Math.Max(2, options.FailuresToBreak),
                SamplingDuration = options.BreakDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
            });
        }
        attempt.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = arguments => ValueTask.FromResult(arguments.Context.Properties.GetValue(AttemptTimeout, options.AttemptTimeout)),
        });
        ResiliencePipeline<Answer> one = attempt.Build();
        repeatable = WithRetry(one, IsTransient, clock);
        once = WithRetry(one, WasNotReceived, clock);
    }

    /// <summary>Asks for something.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public TAnswer Get<TAnswer>(string path, JsonTypeInfo<TAnswer> answer) where TAnswer : class =>
        Read(Send(HttpMethod.Get, path, null, true, options.AttemptTimeout), path, answer);

    /// <summary>Sends a message.</summary>
    /// <param name="path">Below the address.</param>
    /// <param name="message">The body.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="answer">How the answer is read.</param>
    /// <param name="isRepeatable">Whether doing it twice is the same as once; otherwise it is sent again only if the server cannot have seen it.</param>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public TAnswer Post<TMessage, TAnswer>(string path, TMessage message, JsonTypeInfo<TMessage> type, JsonTypeInfo<TAnswer> answer, bool isRepeatable = true) where TAnswer : class
    {
        // Bytes, not a stream: a chunked JSON body is read as empty by the server.
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        return Read(Send(HttpMethod.Post, path, Content, isRepeatable, options.AttemptTimeout), path, answer);

        HttpContent Content() => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>Puts a file, streamed.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached, or the file cannot be read.</exception>
    public void Put(string path, string file)
    {
        try
        {
            TimeSpan time = options.AttemptTimeout + TimeSpan.FromSeconds(new FileInfo(file).Length / (256 << 10));
            Read(Send(HttpMethod.Put, path, () => new StreamContent(File.OpenRead(file)), true, time), path, MlflowJson.Default.EmptyAnswer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The artifact '{file}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Asks for bytes.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public byte[] GetBytes(string path)
    {
        Answer answer = Send(HttpMethod.Get, path, null, true, options.AttemptTimeout * 10);
        return answer.IsSuccess ? answer.Body : throw Refused(answer, path);
    }

    public void Dispose() => client.Dispose();

    private ResiliencePipeline<Answer> WithRetry(ResiliencePipeline<Answer> attempt, Func<Outcome<Answer>, bool> shouldRetry, TimeProvider clock)
    {
        var builder = new ResiliencePipelineBuilder<Answer> { TimeProvider = clock };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(shouldRetry(arguments.Outcome)),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter is { } asked
                    ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, options.MaxRetryDelay.Ticks))
                    : (TimeSpan?)null),
            });
        }
        return builder.AddPipeline(attempt).Build();
    }

    private Answer Send(HttpMethod verb, string path, Func<HttpContent>? content, bool isRepeatable, TimeSpan timeout)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(options.Stop);
        context.Properties.Set(AttemptTimeout, timeout);
        try
        {
            return (isRepeatable ? repeatable : once).Execute(Attempt, context, (this, verb, path, content));
        }
        catch (BrokenCircuitException error)
        {
            throw Unreachable("it kept failing, so nothing is sent for a while", error);
        }
        catch (TimeoutRejectedException error)
        {
            throw Unreachable(string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"), error);
        }
        catch (OperationCanceledException error)
        {
            throw Unreachable("the program is ending", error);
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error.Message, error);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Answer Attempt(ResilienceContext context, (MlflowTransport Self, HttpMethod Verb, string Path, Func<HttpContent>? Content) state)
    {
        try
        {
            using var request = new HttpRequestMessage(state.Verb, state.Path) { Content = state.Content?.Invoke() };
            using HttpResponseMessage response = state.Self.client.Send(request, HttpCompletionOption.ResponseContentRead, context.CancellationToken);
            using var body = new MemoryStream();
            response.Content.CopyTo(body, null, context.CancellationToken);
            RetryConditionHeaderValue? asked = response.Headers.RetryAfter;
            TimeSpan? wait = asked?.Delta ?? (asked?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
            bool isJson = response.Content.Headers.ContentType?.MediaType is null or "application/json";
            return new Answer(response.StatusCode, body.ToArray(), isJson, wait);
        }
        catch (ObjectDisposedException error)
        {
            // A synchronous request is given up by closing its connection, and what was reading from it can see that first.
            context.CancellationToken.ThrowIfCancellationRequested();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "the connection was closed", error);
        }
    }

    private TAnswer Read<TAnswer>(Answer answer, string path, JsonTypeInfo<TAnswer> type) where TAnswer : class
    {
        if (!answer.IsSuccess) throw Refused(answer, path);
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            // Something between us and the server, such as a page that wants a login.
            throw Unreachable($"its answer to {Short(path)} is no MLflow answer", error);
        }
    }

    private TrackingException Refused(Answer answer, string path)
    {
        int status = (int)answer.Status;
        ErrorAnswer? error = ErrorOf(answer);
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new TrackingException(
                TrackingFailure.Unavailable,
                $"The tracking server {server} refuses access ({status}); set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.") { StatusCode = status };
        }
        string message = error?.Message is { Length: > LongestMessage } text ? text[..LongestMessage] + "..." : error?.Message ?? "no reason given";
        TrackingFailure failure = error?.ErrorCode switch
        {
            "RESOURCE_DOES_NOT_EXIST" => TrackingFailure.Missing,
            // Without MLflow's own word the answer can be of anything, such as a proxy in front of a server that starts.
            null when answer.Status is not (HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest) => TrackingFailure.Unavailable,
            _ => IsTransient(answer.Status) ? TrackingFailure.Unavailable : TrackingFailure.Refused,
        };
        return new TrackingException(failure, $"The tracking server {server} answered {status} to {Short(path)}: {message}") { StatusCode = status, ErrorCode = error?.ErrorCode };
    }

    private TrackingException Unreachable(string why, Exception cause) =>
        new(TrackingFailure.Unavailable, $"The tracking server {server} cannot be reached: {why.TrimEnd('.')}.", cause);

    private static ErrorAnswer? ErrorOf(Answer answer)
    {
        try
        {
            return answer.IsJson ? JsonSerializer.Deserialize(answer.Body, MlflowJson.Default.ErrorAnswer) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Short(string path) => path.Split('?')[0];

    private static bool IsTransient(Outcome<Answer> outcome) => outcome.Exception is null
        ? outcome.Result is { } answer && (IsTransient(answer.Status) || (answer.IsSuccess && !answer.LooksWhole))
        : outcome.Exception is HttpRequestException or TimeoutRejectedException;

    // Certainly not done: the server says so, or there was no connection to say it through.
    private static bool WasNotReceived(Outcome<Answer> outcome) =>
        outcome.Result is { Status: HttpStatusCode.TooManyRequests }
        || outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    private sealed record Answer(HttpStatusCode Status, byte[] Body, bool IsJson, TimeSpan? RetryAfter)
    {
        public bool IsSuccess => (int)Status is >= 200 and < 300;

        /// <summary>Every answer of the API but a download is a JSON object.</summary>
        public bool LooksWhole => !IsJson || (Body.Length >= 2 && Body.AsSpan().TrimEnd(" \r\n\t"u8).EndsWith("}"u8));
    }
}
