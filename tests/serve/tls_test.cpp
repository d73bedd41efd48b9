// The service with a certificate, asked by curl and by the program's own client.
#include "serve/http_client.h"
#include "serve/service_fixture.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

namespace rushes::serve_test {
namespace {

using ::testing::HasSubstr;

class TlsTest : public ServiceTest {
protected:
    void SetUp() override {
        const std::string command =
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
            "subjectAltName=DNS:localhost -keyout '" +
            (folder_ / "key.pem").string() + "' -out '" + (folder_ / "cert.pem").string() + "' 2>/dev/null";
        if (std::system(command.c_str()) != 0) {
            GTEST_SKIP() << "openssl's command, which makes a certificate, is not here";
        }
        options_.server.certificate = folder_ / "cert.pem";
        options_.server.private_key = folder_ / "key.pem";
    }

    std::string curl(const std::string& arguments) const {
        const std::filesystem::path out = folder_ / "curl.txt";
        const std::string command = "curl --silent --show-error --cacert '" +
                                    (folder_ / "cert.pem").string() + "' " + arguments + " >'" +
                                    out.string() + "' 2>&1";
        [[maybe_unused]] const int code = std::system(command.c_str());
        std::ifstream file(out);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string url() const { return "https://localhost:" + std::to_string(port()); }
};

TEST_F(TlsTest, CurlTrustsTheCertificateAndIsServed) {
    options_.access.any_host = true;
    start();
    EXPECT_THAT(curl(url() + "/healthz"), HasSubstr("ok"));
    EXPECT_THAT(
        curl("-H 'Authorization: Bearer " + std::string(token) + "' " + url() + "/v1/models"),
        HasSubstr("fake-causal")
    );
    EXPECT_THAT(curl("--tls-max 1.1 " + url() + "/healthz"), HasSubstr("curl:")) << "old TLS is refused";
    EXPECT_THAT(curl("http://localhost:" + std::to_string(port()) + "/healthz"), HasSubstr("curl:"))
        << "so is none";
    EXPECT_EQ(serve::fetch(url() + "/v1/models", token).status, 200);
}

TEST_F(TlsTest, WithACertificateItMayListenBeyondThisMachine) {
    options_.server.address = "0.0.0.0";
    start();
    EXPECT_THAT(curl(url() + "/healthz"), HasSubstr("ok"));
}

TEST_F(TlsTest, WhatIsNoCertificateIsSaid) {
    options_.server.certificate = folder_ / "none.pem";
    EXPECT_THROW(start(), Error);
    options_.server.certificate = folder_ / "cert.pem";
    options_.server.private_key = folder_ / "cert.pem";
    try {
        start();
        FAIL() << "it listens";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("holds no private key"));
    }
}

} // namespace
} // namespace rushes::serve_test
